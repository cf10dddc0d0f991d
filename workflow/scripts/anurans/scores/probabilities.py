"""Probabilities of new clips, and how many of them hold calls, however common calls are there.

Calibrated probabilities are right where calls are as common as in the clips that they were
calibrated on. Their sum is too high where calls are rarer: it adds up what clips without calls get.
How much these get, and how much clips with calls do, is known of the held-out clips; a count comes
of where the mean of the new clips lies between the two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from anurans.scores.intervals import reach, sums_by_group

DRAWS = 200
CALIBRATORS = ("species", "score", "probability")
# Means, variances within groups and between them, of clips without and with calls; what both kinds
# share in a group; and groups with calls.
MOMENTS = (
    *("absent", "present", "absent_within", "present_within"),
    *("absent_between", "present_between", "common_between", "positive_groups"),
)
# Share with calls; shares of clips with and without calls that are called positive; what the latter
# varies by between groups, and groups in which clips without calls are called so.
RATES = ("prevalence", "found", "false", "false_between", "false_groups")
SEPARATION = ("species", "draw", *MOMENTS, *RATES)
# Points that stand for the normal distribution of what one draw leaves open.
_NORMAL = ndtri((np.arange(100) + 0.5) / 100)


@dataclass(frozen=True, slots=True)
class Curve:
    """Calibrator of a species: points [shape=(points, 2)], straight lines between them."""

    points: np.ndarray

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Probability of each clip: the mean of its folds' calibrated scores [shape=(n, folds)]."""
        return self.of_folds(scores).mean(axis=-1)

    def of_folds(self, scores: np.ndarray) -> np.ndarray:
        """Calibrated score of each clip and fold, of the same shape as the scores."""
        return np.interp(scores, self.points[:, 0], self.points[:, 1])


@dataclass(frozen=True, slots=True)
class Separation:
    """What probability clips without and with calls get, within groups and between them.

    Attributes
    ----------
    moments : np.ndarray [shape=(1 + draws, 8)]
        Columns of `MOMENTS`; the first row of all held-out clips, the others of those of groups
        drawn anew, as `measure_separation` gives them.
    rates : np.ndarray [shape=(1 + draws, 5)], or None
        Columns of `RATES`, of the same rows.
    """

    moments: np.ndarray
    rates: np.ndarray | None = None

    def count(
        self, total: float, clips: int, squares: float
    ) -> tuple[float | None, float | None, float | None]:
        """Estimate how many clips hold calls.

        The scaled probability average of Bella, Ferri, Hernandez-Orallo & Ramirez-Quintana 2010
        (Quantification via probability estimators, ICDM): clips without calls get a probability of
        a in the mean, those with calls b; n clips, k of them with calls, sum up to (n - k) a + k b.
        It takes for granted that clips of either kind sound as they did there.

        The interval holds what is not known of a and b, of which each draw has its own, and what
        chance leaves open. Clips of a group err alike, so that the sum of group g, of n_g clips,
        varies by n_g times what clips of a group vary by, and by n_g squared times what the means
        of groups vary by: the longer a night, the more the latter weighs. Of both kinds, with
        s = k / n:

            n (1 - s) w_a + n s w_b + sum n_g^2 ((1 - s)^2 v_a + s^2 v_b + 2 s (1 - s) c)

        with w within groups, v between them, and c between the two kinds of clips in one group
        (components of variance of a one-way analysis; Searle, Casella & McCulloch 1992, Variance
        components, section 3.6). Ends are taken further out for few groups with calls, as
        `anurans.scores.intervals.reach` says.

        Parameters
        ----------
        total
            Sum of the probabilities.
        clips
            Number of clips, n.
        squares
            Sum over groups, such as nights, of the squared number of clips that each has: of one
            night the square of n.

        Returns
        -------
        expected, lower, upper
            Within [0, n]; the last two are the 95 % interval. A draw that does not tell the two
            kinds of clips apart may be of any count. None where the held-out clips themselves do
            not, and the last two where nothing could be drawn.
        """
        expected, drawn = self.draw_counts(total, clips, squares)
        if drawn is None:
            return expected, None, None
        far = reach(int(self.moments[0, 7]))
        ends = np.quantile(drawn, [ndtr(-far), ndtr(far)], method="hazen").tolist()
        return expected, min(expected, ends[0]), max(expected, ends[1])

    def draw_counts(
        self, total: float, clips: int, squares: float
    ) -> tuple[float | None, np.ndarray | None]:
        """Estimate how many clips hold calls, and what else may be.

        Parameters are those of `count`.

        Returns
        -------
        expected
            None where nothing tells.
        drawn : np.ndarray [shape=(draws, points)], or None
            Of each draw, points of what chance leaves open; None where nothing could be drawn.
        """
        absent, present, *variances = self.moments.T
        apart = present - absent
        if not clips or not apart[0] > 0:
            return None, None
        tells = apart > 0
        apart = np.where(tells, apart, 1.0)
        count = np.clip((total - clips * absent) / apart, 0, clips)
        within_absent, within_present, absents, presents, both, _ = variances
        share = count / clips
        within = (clips - count) * within_absent + count * within_present
        between = (1 - share) ** 2 * absents + share**2 * presents + 2 * share * (1 - share) * both
        spread = np.sqrt(within + squares * between) / apart
        expected = float(count[0])
        if len(count) < 3 or not np.isfinite(spread[0]):
            return expected, None
        drawn = count[:, None] + spread[:, None] * _NORMAL
        drawn[~tells] = np.linspace(0, clips, len(_NORMAL))
        return expected, drawn[1:].clip(0, clips)


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
        values = [float(row[name] or "nan") for name in (*MOMENTS, *RATES)]
        found.setdefault(row["species"], []).append(values)
    at = len(MOMENTS)
    tables = {name: np.array(of) for name, of in found.items()}
    return {name: Separation(of[:, :at], of[:, at:]) for name, of in tables.items()}


def measure_separation(
    labels: np.ndarray,
    probabilities: np.ndarray,
    groups: np.ndarray,
    draws: np.ndarray,
    called: np.ndarray,
) -> Separation:
    """Moments of probabilities, of clips without and with calls, under each draw of groups.

    Of either kind the mean, and by a one-way analysis of variance with groups of unequal sizes
    (Searle, Casella & McCulloch 1992, Variance components, section 3.6) what clips of a group vary
    by, and what the means of groups do, which is 0 where these differ no more than clips do. What
    the two kinds have in common in one group is the mean product of their sums' errors.

    Parameters
    ----------
    labels : np.ndarray [shape=(n,), dtype=bool]
    probabilities : np.ndarray [shape=(n,)]
        By calibrators that did not see the clip.
    groups : np.ndarray [shape=(n,), dtype=int]
        From 0.
    draws : np.ndarray [shape=(draws, groups)]
        How often each draw has each group.
    called : np.ndarray [shape=(n,), dtype=bool]
        Whether a clip is called positive. Of the shares half a clip of either answer is added, so
        that no share is taken for nothing or all (Agresti & Coull 1998, Approximate is better than
        "exact", The American Statistician 52(2)).

    Returns
    -------
    Separation
        The first row is of all groups once, with variances of NaN where one of the kinds is in one
        group alone, and no row at all without either kind. Without draws of either sort.
    """
    times = np.concatenate([np.ones((1, draws.shape[1]), int), draws])
    kinds = np.stack([~labels, labels], axis=1).astype(float)
    powers = np.stack([kinds * probabilities[:, None] ** power for power in range(3)], axis=1)
    # [groups, kinds]: clips, their sum, their sum of squares.
    clips, sums, squares = np.moveaxis(sums_by_group(groups, range(draws.shape[1]), powers), 1, 0)
    own = sums**2 / np.maximum(clips, 1)
    total, some = times @ clips, times @ (clips > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = times @ sums / total
        # A variance of nothing may come out as less than nothing.
        within = np.maximum(times @ (squares - own), 0) / np.maximum(total - some, 1)
        size = (total - times @ clips**2 / total) / (some - 1)
        apart = (times @ own - total * means**2) / (some - 1)
        between = np.maximum((apart - within) / size, 0)
        errors = sums - clips * means[:, None]
        together = (times * errors.prod(axis=2)).sum(axis=1)
        common = together / np.maximum(times @ clips.prod(axis=1), 1)
    most = np.sqrt(between.prod(axis=1))
    common = np.clip(common, -most, most)
    table = np.column_stack([means, within, between, common, some[:, 1]])
    known = np.isfinite(table).all(axis=1)
    known[0] = np.isfinite(means[0]).all()
    of = known if known[0] else slice(0)
    return Separation(table[of], _rates(kinds, called, groups, times)[of])


def _rates(
    kinds: np.ndarray, called: np.ndarray, groups: np.ndarray, times: np.ndarray
) -> np.ndarray:
    """Columns of `RATES` [shape=(draws, 5)], of clips of two kinds [shape=(n, 2)]."""
    table = np.stack([kinds, kinds * called[:, None]], axis=1)
    clips, positive = np.moveaxis(sums_by_group(groups, range(times.shape[1]), table), 1, 0)
    total, hits = times @ clips, times @ positive
    shares = (hits + 0.5) / (total + 1)
    some = times @ (clips[:, 0] > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        # As the means of probabilities vary between groups; a share within varies by p (1 - p).
        own = positive[:, 0] ** 2 / np.maximum(clips[:, 0], 1)
        within = np.maximum(hits[:, 0] - times @ own, 0) / np.maximum(total[:, 0] - some, 1)
        apart = (times @ own - hits[:, 0] ** 2 / total[:, 0]) / (some - 1)
        size = (total[:, 0] - times @ clips[:, 0] ** 2 / total[:, 0]) / (some - 1)
        between = np.maximum((apart - within) / size, 0)
    alarms = times @ (positive[:, 0] > 0)
    often = total[:, 1] / np.maximum(total.sum(axis=1), 1)
    return np.column_stack([often, shares[:, 1], shares[:, 0], np.nan_to_num(between), alarms])
