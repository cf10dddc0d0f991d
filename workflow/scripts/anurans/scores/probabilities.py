"""Probabilities of new clips, and how many of them hold calls, however common calls are there.

Calibrated probabilities are right where calls are as common as in the clips that they were
calibrated on. Their sum is too high where calls are rarer: it adds up what clips without calls get.
How much these get, and how much clips with calls do, is known of the held-out clips; a count comes
of where the mean of the new clips lies between the two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from anurans.scores.intervals import sums_by_group

DRAWS = 200
CALIBRATORS = ("species", "score", "probability")
MOMENTS = ("absent", "present", "absent_variance", "present_variance")
SEPARATION = ("species", "draw", *MOMENTS)
# Points that stand for the normal distribution of what one draw leaves open.
_NORMAL = ndtri((np.arange(100) + 0.5) / 100)


@dataclass(frozen=True, slots=True)
class Curve:
    """Calibrator of a species: points [shape=(points, 2)], straight lines between them."""

    points: np.ndarray

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Probability of each clip: the mean of its folds' calibrated scores [shape=(n, folds)]."""
        return np.interp(scores, self.points[:, 0], self.points[:, 1]).mean(axis=-1)


@dataclass(frozen=True, slots=True)
class Separation:
    """What probability clips without and with calls get: means and variances.

    Attributes
    ----------
    moments : np.ndarray [shape=(1 + draws, 4)]
        Columns of `MOMENTS`; the first row of all held-out clips, the others of those of groups
        drawn anew. Variances are of clips that lie in groups, as `measure_separation` says.
    """

    moments: np.ndarray

    def count(self, total: float, clips: int) -> tuple[float | None, float | None, float | None]:
        """Estimate how many clips hold calls.

        The scaled probability average of Bella, Ferri, Hernandez-Orallo & Ramirez-Quintana 2010
        (Quantification via probability estimators, ICDM): clips without calls get a probability of
        a in the mean, those with calls b; n clips, k of them with calls, sum up to (n - k) a + k b.
        It takes for granted that clips of either kind sound as they did there.

        The interval holds what is not known of a and b, of which each draw has its own, and what
        chance leaves open: of n clips, k of them with calls, the sum has a variance.

        Parameters
        ----------
        total
            Sum of the probabilities.
        clips
            Number of clips, n.

        Returns
        -------
        expected, lower, upper
            Within [0, n]; the last two are the 95 % interval. A draw that does not tell the two
            kinds of clips apart may be of any count. None where the held-out clips themselves do
            not, and the last two where nothing could be drawn.
        """
        absent, present, *variances = self.moments.T
        apart = present - absent
        if not clips or not apart[0] > 0:
            return None, None, None
        tells = apart > 0
        apart = np.where(tells, apart, 1.0)
        count = np.clip((total - clips * absent) / apart, 0, clips)
        spread = np.sqrt((clips - count) * variances[0] + count * variances[1]) / apart
        drawn = count[:, None] + spread[:, None] * _NORMAL
        drawn[~tells] = np.linspace(0, clips, len(_NORMAL))
        expected = float(count[0])
        if len(drawn) < 3:
            return expected, None, None
        ends = np.quantile(drawn[1:].clip(0, clips), [0.025, 0.975], method="hazen").tolist()
        return expected, min(expected, ends[0]), max(expected, ends[1])


def read_curves(
    rows: Iterable[Mapping[str, str]], species: Sequence[str]
) -> dict[str, Curve | None]:
    """Read the calibrator of each species; None where there is none."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in species}
    for row in rows:
        if row["species"] in found:
            found[row["species"]].append((float(row["score"]), float(row["probability"])))
    return {name: Curve(np.array(points)) if points else None for name, points in found.items()}


def read_separations(rows: Iterable[Mapping[str, str]]) -> dict[str, Separation]:
    """Read what is known of each species, where anything is."""
    found: dict[str, list[list[float]]] = {}
    for row in rows:
        found.setdefault(row["species"], []).append([float(row[name]) for name in MOMENTS])
    return {name: Separation(np.array(of)) for name, of in found.items()}


def measure_separation(
    labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray, draws: np.ndarray
) -> np.ndarray:
    """Moments of probabilities, of clips without and with calls, under each draw of groups.

    Clips of a group err alike, so that their sum varies more than that of as many clips from
    anywhere. The variances are multiplied by how much more it does (the design effect of cluster
    sampling, Kish 1965), at least by 1.

    Parameters
    ----------
    labels : np.ndarray [shape=(n,), dtype=bool]
    probabilities : np.ndarray [shape=(n,)]
        By calibrators that did not see the clip.
    groups : np.ndarray [shape=(n,), dtype=int]
        From 0.
    draws : np.ndarray [shape=(draws, groups)]
        How often each draw has each group.

    Returns
    -------
    np.ndarray [shape=(1 + draws, 4)]
        Columns of `MOMENTS`; the first row is of all groups once. Without draws that lack one of
        the two kinds.
    """
    names = range(draws.shape[1])
    kinds = np.stack([~labels, labels], axis=1).astype(float)
    powers = np.stack([kinds * probabilities[:, None] ** power for power in range(3)], axis=1)
    times = np.concatenate([np.ones((1, len(names)), int), draws])
    sums = np.einsum("dg,gpk->pdk", times, sums_by_group(groups, names, powers))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums[1] / sums[0]
        # A variance of nothing may come out as less than nothing.
        variances = np.maximum(sums[2] / sums[0] - means**2, 0)
    apart = probabilities - means[0][labels.astype(int)]
    alike = (sums_by_group(groups, names, apart) ** 2).sum()
    effect = max(1.0, alike / max((apart**2).sum(), np.finfo(float).tiny))
    table = np.concatenate([means, effect * variances], axis=1)
    return table[np.isfinite(table).all(axis=1)]
