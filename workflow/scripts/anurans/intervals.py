"""Intervals by resampling groups: clips of one night, or recording, are not independent."""

from collections.abc import Sequence

import numpy as np

LEVEL = 0.95


def sums_by_group(groups: np.ndarray, names: Sequence[str], values: np.ndarray) -> np.ndarray:
    """Sum values over the clips of each group.

    Parameters
    ----------
    groups : np.ndarray [shape=(n,)]
        Of each clip.
    names
        Groups to sum for, sorted; all that occur.
    values : np.ndarray [shape=(n, k)]

    Returns
    -------
    np.ndarray [shape=(len(names), k)]
    """
    sums = np.zeros((len(names), values.shape[1]))
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


def f1_of_sums(hits: np.ndarray, positives: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """F1 of sums over clips, 2 hits / (positives + predicted); NaN without positives.

    Parameters
    ----------
    hits, positives, predicted : np.ndarray [shape=(..., species)]
        True positives, positives and predicted positives.
    """
    f1 = 2 * hits / np.maximum(positives + predicted, 1)
    return np.where(positives > 0, f1, np.nan)


def macro(f1: np.ndarray) -> np.ndarray:
    """Mean over species [shape=(..., species)] of those that are defined; NaN where none is."""
    defined = ~np.isnan(f1)
    total = np.where(defined, f1, 0.0).sum(axis=-1)
    return np.where(defined.any(axis=-1), total / np.maximum(defined.sum(axis=-1), 1), np.nan)


def percentile_interval(values: np.ndarray) -> tuple[float | None, float | None]:
    """95 % interval between percentiles of resampled values; None where none is defined."""
    values = values[~np.isnan(values)]
    if not len(values):
        return None, None
    lower, upper = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(lower), float(upper)
