"""Seasons of known truth, for the tests of listened counts and benchmarks/listened_coverage.py.

Sites and months differ in how much calls and in how noise scores; clips of a place err alike.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

SITES, MONTHS = 4, 3
# As the scores of a model: what they mean here, noise that scores higher in half of the places, or
# nothing at all.
HEARING = ("as trained", "shifted noise", "meaningless")


@dataclass(frozen=True)
class Season:
    """Clips: truth and scores [shape=(clips, species)], and their place [shape=(clips,)]."""

    calls: np.ndarray
    scores: np.ndarray
    site: np.ndarray
    month: np.ndarray


def draw_season(rng, clips: int, shares, auroc: float, hearing: str = "as trained") -> Season:
    """Draw a season; `shares` are those of clips with calls, by species.

    Scores are probabilities that would be right where calls were in 30 % of the clips.
    """
    place = np.sort(rng.integers(SITES * MONTHS, size=clips))
    calls, scores = [], []
    apart = np.sqrt(2) * ndtri(auroc)
    for share in shares:
        often = expit(rng.normal(logit(share), 1.0, SITES * MONTHS))[place]
        often *= share * clips / often.sum()
        call = rng.random(clips) < often
        odds = rng.normal(size=clips) + rng.normal(0, 0.3, SITES * MONTHS)[place]
        if hearing != "meaningless":
            odds += apart * (call - 0.5)
        if hearing == "shifted noise":
            odds += ~call * (rng.random(SITES * MONTHS) < 0.5)[place]
        calls.append(call)
        scores.append(expit(apart * odds + logit(0.3)))
    return Season(
        np.stack(calls, axis=1), np.stack(scores, axis=1), place // MONTHS, place % MONTHS
    )
