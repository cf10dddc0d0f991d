"""Intervals by resampling groups: clips of one night, or recording, are not independent.

How well they cover is simulated in tests/unit/test_coverage.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit

LEVEL = 0.95
# Groups with calls below which there is no interval.
FEWEST = 3
# Share of the true differences of `detectable` that would be found.
POWER = 0.8
# Below so many groups with positives an interval is rough.
FEW_GROUPS = 20


def sums_by_group(groups: np.ndarray, names: Sequence[Any], values: np.ndarray) -> np.ndarray:
    """Sum values over the clips of each group.

    Parameters
    ----------
    groups : np.ndarray [shape=(n,)]
        Of each clip.
    names
        Groups to sum for, sorted; all that occur.
    values : np.ndarray [shape=(n, ...)]

    Returns
    -------
    np.ndarray [shape=(len(names), ...)]
    """
    sums = np.zeros((len(names), *values.shape[1:]))
    row = {name: number for number, name in enumerate(names)}
    np.add.at(sums, [row[group] for group in groups.tolist()], values)
    return sums


def draw_groups(n: int, resamples: int, seed: int) -> np.ndarray:
    """Draw n groups with replacement, again and again.

    Returns
    -------
    np.ndarray [shape=(resamples, n)]
        How often each group was drawn.
    """
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)


def macro(f1: np.ndarray) -> np.ndarray:
    """Mean over species [shape=(..., species)] of those that are defined; NaN where none is."""
    defined = ~np.isnan(f1)
    total = np.where(defined, f1, 0.0).sum(axis=-1)
    return np.where(defined.any(axis=-1), total / np.maximum(defined.sum(axis=-1), 1), np.nan)


def effective_groups(drawn: np.ndarray, calling: np.ndarray) -> float:
    """Number of groups with calls that a mean over species rests on.

    The resampled score of a species that calls in k groups has k - 1 degrees of freedom: groups
    without calls tell next to nothing of how well calls are found, and where they were counted,
    intervals of rare species held the truth in 80 to 88 of 100 worlds. A mean over species has
    those of Welch and Satterthwaite (1946, An approximate distribution of estimates of variance
    components, Biometrics Bulletin 2(6)): (sum v)^2 / sum (v^2 / (k - 1)), where v is the variance
    of each species; but species of the same groups are not independent, so that these are never
    more than those of the species that calls in most groups.

    Parameters
    ----------
    drawn : np.ndarray [shape=(resamples, species)]
        Resampled scores, or differences; NaN where a draw has no calls of a species.
    calling : np.ndarray [shape=(species,)]
        Groups with calls of each species; one of none is no part of the mean.

    Returns
    -------
    float
        Of one species its groups; 0 without calls, and 1 where a species calls in one group alone,
        of which nobody knows how it would be found in others.
    """
    calls = calling > 0
    drawn, calling = drawn[:, calls], calling[calls]
    if not len(calling):
        return 0.0
    if len(calling) == 1 or calling.min() == 1:
        return float(calling.min())
    values = np.where(np.isnan(drawn), 0.0, drawn)
    defined = np.maximum((~np.isnan(drawn)).sum(axis=0), 1)
    means = values.sum(axis=0) / defined
    squares = np.where(np.isnan(drawn), 0.0, (drawn - means) ** 2)
    variances = squares.sum(axis=0) / defined * calling / (calling - 1)
    if not variances.any():
        return float(calling.min())
    found = 1 + variances.sum() ** 2 / (variances**2 / (calling - 1)).sum()
    return float(min(found, calling.max()))


def calling_groups(parts: Iterable[tuple[np.ndarray, np.ndarray]], species: int) -> np.ndarray:
    """Count the groups with calls of each species.

    Parameters
    ----------
    parts
        Of each part that is scored together: the labels [shape=(n, species)] and the groups
        [shape=(n,)] of its clips.
    species
        How many there are.

    Returns
    -------
    np.ndarray [shape=(species,), dtype=int]
    """
    found: list[set[Any]] = [set() for _ in range(species)]
    for labels, groups in parts:
        for mine, calls in zip(found, labels.T.astype(bool), strict=True):
            mine.update(groups[calls].tolist())
    return np.array([len(mine) for mine in found], dtype=int)


def reach(groups: float) -> float:
    """How far out the ends of a 95 % interval lie, in deviations, where groups are resampled.

    Percentiles of few groups lie too close together, by sqrt((n - 1) / n) and by the normal in
    place of Student's distribution; they are taken as far out as makes up for both (the expanded
    percentile interval of Hesterberg 2015, What teachers should know about the bootstrap, The
    American Statistician 69(4), section 3.3).

    Examples
    --------
    >>> round(reach(5), 3), round(reach(1000), 3)
    (3.104, 1.963)
    """
    return float(np.sqrt(groups / (groups - 1)) * stdtrit(groups - 1, (1 + LEVEL) / 2))


def percentile_interval(values: np.ndarray, groups: float) -> tuple[float | None, float | None]:
    """95 % interval of a score between percentiles of its resampled values.

    They are taken further out for few groups, as `reach` says.

    Parameters
    ----------
    values : np.ndarray [shape=(resamples,)]
        NaN, where a draw has no positives, is left out.
    groups
        Number that the score rests on: those with calls (`effective_groups`), whatever the number
        that was drawn from.

    Returns
    -------
    lower, upper
        None where no value is defined, or with fewer than three groups: of two, no
        draw goes beyond the one or the other, which is not an interval.
    """
    values = values[~np.isnan(values)]
    if not len(values) or groups < FEWEST:
        return None, None
    far = reach(groups)
    lower, upper = np.quantile(values, [ndtr(-far), ndtr(far)])
    return float(lower), float(upper)


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of scores, and how well it is known.

    Attributes
    ----------
    value
        The difference.
    error
        Its standard error: the deviation of its resampled values.
    lower, upper
        95 % interval.
    p
        Of a difference as large, were there none.
    groups
        Number that were drawn from.
    calling
        Number that it rests on: those with calls, as `effective_groups` counts them.

    All but `value` and the numbers of groups are None with fewer than two of the latter.
    """

    value: float
    error: float | None
    lower: float | None
    upper: float | None
    p: float | None
    groups: int
    calling: float

    def detectable(self, comparisons: int = 1) -> float | None:
        """Smallest true difference that would be found in 80 of 100 such data sets.

        (t[1 - a / 2] + t[0.8]) times the standard error (Bloom 1995, Minimum detectable effects,
        Evaluation Review 19(5)), at a level a of 5 % shared among all comparisons made.
        """
        if self.error is None:
            return None
        freedom = self.calling - 1
        level = (1 - LEVEL) / comparisons
        far = stdtrit(freedom, 1 - level / 2) + stdtrit(freedom, POWER)
        return float(far * self.error)


def measure_difference(
    value: float, drawn: np.ndarray, groups: int, calling: float | None = None
) -> Difference:
    """Tell how well a difference is known: Student's t with the bootstrap's standard error.

    Unlike percentiles, it gives a p-value that the number of draws does not limit, which the
    correction for many comparisons needs (Efron & Tibshirani 1993, An introduction to the
    bootstrap, section 12.2).

    Parameters
    ----------
    value
        The difference.
    drawn : np.ndarray [shape=(resamples,)]
        Its resampled values; NaN is left out.
    groups
        Number that were drawn from.
    calling
        Number that it rests on, those with calls; by default all.
    """
    drawn = drawn[~np.isnan(drawn)]
    n = groups if calling is None else calling
    if n < 2 or len(drawn) < 2 or np.isnan(value):
        return Difference(float(value), None, None, None, None, groups, n)
    # Resampled values of n groups vary too little, by (n - 1) / n (Hesterberg 2015, section 3.1).
    error = float(drawn.std(ddof=1) * np.sqrt(n / (n - 1)))
    far = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * error
    p = float(2 * stdtr(n - 1, -abs(value) / error)) if error else float(value == 0)
    return Difference(float(value), error, value - far, value + far, p, groups, n)
