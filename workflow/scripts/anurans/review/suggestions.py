"""Which clips to annotate next: where folds disagree, of rare species, unlike others and new."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import entr

# How many suggestions lie in the same recording is in `in_recording`: where there are many, one may
# annotate it as a whole.
SUGGESTIONS = (
    *("rank", "recording", "start", "end", "species", "score", "disagreement", "rarity"),
    *("distance", "outside", "why", "in_recording", "site", "date", "time", "path"),
)
# Clips that are looked at for diversity, for each one that is suggested, and at least.
POOL, LEAST = 10, 200
# A species that was annotated in so many clips is not rare.
COMMON = 50


@dataclass(frozen=True, slots=True)
class Unheard:
    """Clips that nobody annotated.

    Attributes
    ----------
    probabilities : np.ndarray [shape=(n, species, folds)]
        Of a call, by each fold's model.
    embeddings : np.ndarray [shape=(n, width)]
        One for each clip, such as the mean of its windows.
    distances : np.ndarray [shape=(n,)]
        To the nearest training clip, as drift measures them.
    limit
        Distance beyond which a clip is unlike those of training; None where that is not known.
    """

    probabilities: np.ndarray
    embeddings: np.ndarray
    distances: np.ndarray
    limit: float | None


def disagreement(probabilities: np.ndarray) -> np.ndarray:
    """Say how far folds disagree about each clip and species.

    The mutual information between the answer and the model (Houlsby et al. 2011, Bayesian active
    learning for classification and preference learning): the entropy of the mean probability less
    the mean of the folds' entropies, in bits. It is 0 where all folds say the same, be it one half.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n, species, folds)]

    Returns
    -------
    np.ndarray [shape=(n, species)]
    """
    mean = probabilities.mean(axis=-1)
    together = entr(mean) + entr(1 - mean)
    alone = (entr(probabilities) + entr(1 - probabilities)).mean(axis=-1)
    return np.clip((together - alone) / np.log(2), 0, None)


def rarity(positives: Sequence[int]) -> np.ndarray:
    """Weight of each species: 1 where it was annotated in `COMMON` clips, more where in fewer.

    The root of how many times fewer, as the error of what is learnt of it goes by the root.
    """
    return np.sqrt(np.maximum(1.0, COMMON / np.maximum(np.asarray(positives, float), 1.0)))


def suggest(
    clips: Unheard,
    species: Sequence[str],
    positives: Sequence[int],
    n: int,
    among: np.ndarray | None = None,
) -> list[dict[str, object]]:
    """Rank the clips to annotate next.

    A clip is worth what folds disagree about it, times the rarity of the species; one that lies
    beyond the limit of drift counts double, since nothing is known of such. Of the best ten times
    as many, those are taken that are most unlike each other and those taken before (the greedy
    k-centre: Sener & Savarese 2018, Active learning for convolutional neural networks: a core-set
    approach), each distance times the root of what the clip is worth.

    Parameters
    ----------
    clips
        Of the new recordings, not overlapping.
    species, positives
        Codes, and clips with calls that were annotated of each.
    n
        How many to suggest.
    among : np.ndarray [shape=(m, width)], optional
        Embeddings of annotated clips, unlike which suggestions shall be too.

    Returns
    -------
    list of dict
        Columns of `SUGGESTIONS` but for recording and times, and `at`, the number of the clip, in
        the order of ranks; `why` is a sentence.
    """
    apart = disagreement(clips.probabilities)
    weights = rarity(positives)
    worth = apart * weights
    column = worth.argmax(axis=1)
    outside = np.zeros(len(apart), bool) if clips.limit is None else clips.distances > clips.limit
    best = worth.max(axis=1) * np.where(outside, 2.0, 1.0)
    pool = np.argsort(-best, kind="stable")[: max(POOL * n, LEAST)]
    points = clips.embeddings[pool].astype(float)
    length = np.linalg.norm(points, axis=1, keepdims=True)
    points /= np.where(length > 0, length, 1.0)
    near = np.full(len(pool), np.inf)
    if among is not None and len(among):
        known = among.astype(float)
        length = np.linalg.norm(known, axis=1, keepdims=True)
        near = 1 - (points @ (known / np.where(length > 0, length, 1.0)).T).max(axis=1)
    rows: list[dict[str, object]] = []
    free = np.ones(len(pool), bool)
    for rank in range(1, min(n, len(pool)) + 1):
        value = np.where(np.isfinite(near), near, 2.0).clip(0) * np.sqrt(best[pool])
        at = int(np.argmax(np.where(free, value, -1.0)))
        free[at] = False
        clip, which = int(pool[at]), int(column[pool[at]])
        rows.append(
            {
                "at": clip,
                "rank": rank,
                "species": species[which],
                "score": float(clips.probabilities[clip, which].mean()),
                "disagreement": float(apart[clip, which]),
                "rarity": float(weights[which]),
                "distance": float(clips.distances[clip]),
                "outside": "yes" if outside[clip] else "no",
                "why": _reason(
                    clips.probabilities[clip, which],
                    species[which],
                    positives[which],
                    outside[clip],
                ),
            }
        )
        near = np.minimum(near, 1 - points @ points[at])
    return rows


def _reason(folds: np.ndarray, species: str, positives: int, outside: bool) -> str:
    """Say in a sentence why a clip is suggested."""
    parts = [f"folds give {species} {folds.min():.2f} to {folds.max():.2f}"]
    if positives < COMMON:
        parts.append(f"only {positives} clips of it are annotated")
    if outside:
        parts.append("it sounds unlike the training recordings")
    return "; ".join(parts)
