"""Probabilities of new clips, and how many of them hold calls, with what is not known of both.

Calibrators are read from `results/detections/calibrators.tsv`: draw 0 is the one that was fitted
to the held-out clips, the others were fitted to groups drawn anew, and tell how far it can be
trusted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 50
CALIBRATORS = ("species", "draw", "score", "probability")
Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Curves:
    """Calibrators of a species: points [shape=(points, 2)] of each draw, the first the fitted."""

    draws: tuple[np.ndarray, ...]

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Probability of each clip: the mean of its folds' calibrated scores [shape=(n, folds)]."""
        return self._mean(self.draws[0], scores)

    def sums(self, scores: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
        """Sum the probabilities of the clips of each group under each drawn calibrator.

        Parameters
        ----------
        scores : np.ndarray [shape=(n, folds)]
        groups : np.ndarray [shape=(n,), dtype=int]
        count
            Number of groups.

        Returns
        -------
        np.ndarray [shape=(count, draws)]
        """
        each = [np.bincount(groups, self._mean(points, scores), count) for points in self.draws[1:]]
        return np.stack(each, axis=1) if each else np.empty((count, 0))

    @staticmethod
    def _mean(points: np.ndarray, scores: np.ndarray) -> np.ndarray:
        return np.interp(scores, points[:, 0], points[:, 1]).mean(axis=-1)


def read_curves(
    rows: Iterable[Mapping[str, str]], species: Sequence[str]
) -> dict[str, Curves | None]:
    """Read the calibrators of each species; None where there is none."""
    found: dict[str, dict[int, list[tuple[float, float]]]] = {name: {} for name in species}
    for row in rows:
        if row["species"] in found:
            point = float(row["score"]), float(row["probability"])
            found[row["species"]].setdefault(int(row["draw"]), []).append(point)
    return {
        name: Curves(tuple(np.array(of[draw]) for draw in sorted(of))) if of else None
        for name, of in found.items()
    }


def count_interval(
    expected: float, variance: float, drawn: np.ndarray, most: float
) -> tuple[float | None, float | None]:
    """95 % interval of the number of clips with calls.

    Two things are not known: which clips hold calls where probabilities are neither 0 nor 1, and
    the calibrator itself, which is wrong for all clips alike. Their variances are added.

    Parameters
    ----------
    expected
        Sum of the probabilities.
    variance
        Sum of p (1 - p).
    drawn : np.ndarray [shape=(draws,)]
        The sum under each drawn calibrator.
    most
        Number of clips.

    Returns
    -------
    lower, upper
        Within [0, most]; None without drawn calibrators.
    """
    if len(drawn) < 2:
        return None, None
    half = Z * float(np.sqrt(variance + drawn.var(ddof=1)))
    return max(0.0, expected - half), min(most, expected + half)
