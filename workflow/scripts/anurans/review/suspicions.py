"""Annotations that out-of-fold scores contradict, and calls that nobody seems to have marked.

Confident learning (Northcutt, Jiang & Chuang 2021, Confident learning: estimating uncertainty in
dataset labels, JAIR 70), species by species: a clip is suspected where models that never saw it are
more sure of the other label than they are, in the mean, of clips that have that label. Written here
since cleanlab loads pandas and scikit-learn for these few lines; tests hold it to cleanlab's
values.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Directions: a label that is there without a call, and a call without a label.
WRONG, MISSING = "wrong", "missing"
_CLOSEST = 1e-6


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A clip and species whose label is suspected.

    Attributes
    ----------
    at, column
        Of the clip, and of the species.
    kind
        `wrong` or `missing`.
    confidence
        Probability that the models give to the label that the clip has; low is suspicious.
    effect
        What the correction would change: how sure the models are of the other label, as a share of
        the clips with calls of the species. Rare species come first.
    neighbours
        Other suspected clips of the same run, which one answer speaks for.
    """

    at: int
    column: int
    kind: str
    confidence: float
    effect: float
    neighbours: int


def sure_of(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Label that models are sure of [shape=(n,), dtype=int]; -1 where they are of neither.

    They are sure of one where its probability is no less than the mean of it over clips that have
    the label; of two such, of the more probable one (eq. 1 and 2 of the article). Without a clip
    of either label they are of neither.
    """
    if labels.all() or not labels.any():
        return np.full(len(labels), -1)
    both = np.stack([1 - probabilities, probabilities], axis=1)
    limits = np.array([both[~labels, 0].mean(), both[labels, 1].mean()])
    above = both >= limits - _CLOSEST
    best = np.where(above, both, -1.0)
    return np.where(above.any(axis=1), best.argmax(axis=1), -1)


def find_suspicions(
    labels: np.ndarray,
    probabilities: np.ndarray,
    recordings: Sequence[str] | np.ndarray,
    starts: np.ndarray,
    length: float,
) -> list[Suspicion]:
    """Find the clips whose labels are to be listened to again, in order of what that would change.

    Neighbouring clips of a recording that are suspected of the same are a run, of which the one
    that contradicts most is asked about.

    Parameters
    ----------
    labels : np.ndarray [shape=(n, species), dtype=bool]
    probabilities : np.ndarray [shape=(n, species)]
        Of a call, by models that did not see the clip; NaN where there is none.
    recordings, starts : [shape=(n,)]
        Of the clips; starts in s.
    length
        Of a clip, in s.

    Returns
    -------
    list of Suspicion
        The largest effect first; then in the order of clips and species.
    """
    found: list[Suspicion] = []
    for column in range(labels.shape[1]):
        mine = np.flatnonzero(np.isfinite(probabilities[:, column]))
        given, chances = labels[mine, column], probabilities[mine, column]
        sure = sure_of(given, chances)
        suspected = mine[(sure >= 0) & (sure != given)]
        order = sorted(suspected.tolist(), key=lambda at: (str(recordings[at]), starts[at]))
        runs: list[list[int]] = []
        for at in order:
            last = runs[-1][-1] if runs else None
            joined = (
                last is not None
                and recordings[last] == recordings[at]
                and starts[at] - starts[last] <= length * 1.001
                and labels[last, column] == labels[at, column]
            )
            if joined:
                runs[-1].append(at)
            else:
                runs.append([at])
        positives = max(int(given.sum()), 1)
        for run in runs:
            trust = [_trust(bool(labels[at, column]), probabilities[at, column]) for at in run]
            worst = int(np.argmin(trust))
            kind = WRONG if labels[run[worst], column] else MISSING
            effect = (1 - trust[worst]) / positives
            found.append(Suspicion(run[worst], column, kind, trust[worst], effect, len(run) - 1))
    return sorted(found, key=lambda one: (-one.effect, one.at, one.column))


def _trust(label: bool, probability: float) -> float:
    return float(probability if label else 1 - probability)
