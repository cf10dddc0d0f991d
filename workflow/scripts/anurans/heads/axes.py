"""Embeddings on their principal axes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from anurans.heads.dense import widened
from anurans.heads.training import in_order
from anurans.networks.embedding_rows import Embedded

# Values up to which the turned embeddings are kept in double precision: 8 MB.
DOUBLE = 1 << 20
# Part of the largest variance below which a principal axis holds rounding alone.
NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True)
class Axes:
    """Embeddings on their principal axes.

    Attributes
    ----------
    values : np.ndarray [shape=(n, r)]
        In the order of the rows.
    back
        Turns weights [shape=(r, k)] on the axes to weights [shape=(width, k)] on the embeddings.
    """

    values: np.ndarray
    back: Callable[[np.ndarray], np.ndarray]


def turn(x: Embedded, scale: np.ndarray) -> Axes:
    """Turn standardized embeddings to their principal axes.

    Where there are fewer rows than values, by the rows' inner products: the axes then span all
    rows, and no solution has any weight beside them.

    Parameters
    ----------
    x
        Embeddings [shape=(n, width)].
    scale : np.ndarray [shape=(2, width)]
        Mean and variance to standardize by.
    """
    from scipy.linalg import eigh

    n, width = x.shape
    if n > width:
        # What is not quite a principal axis serves as well: turning changes no solution.
        kind = np.float64 if n * width <= DOUBLE else np.float32
        covariance = np.zeros((width, width))
        for _, block in _blocks(x, scale, kind):
            covariance += block.T @ block
        axes = eigh(covariance.astype(kind), driver="evd", overwrite_a=True)[1]
        values = np.empty((n, width), kind)
        for rows, block in _blocks(x, scale, kind):
            np.matmul(block, axes, out=values[rows])
        return Axes(values, lambda weights: axes.astype(np.float64) @ weights)
    power, sides = eigh(_products(x, scale), driver="evd", overwrite_a=True)
    kept = power > power.max(initial=0) * NEGLIGIBLE
    root = np.sqrt(power[kept])
    sides = sides[:, kept]

    def back(weights: np.ndarray) -> np.ndarray:
        of_rows = (sides / root) @ weights
        total = np.zeros((width, weights.shape[1]))
        for rows, block in _blocks(x, scale, np.float64):
            total += block.T @ of_rows[rows]
        return total

    return Axes(sides * root, back)


def _blocks(
    x: Embedded, scale: np.ndarray, kind: type[np.floating]
) -> Iterator[tuple[slice, np.ndarray]]:
    """Standardized rows, some at a time."""
    mean, deviation = scale[0], np.sqrt(scale[1])
    for rows in in_order(x.shape, 1):
        values = widened(x[rows])
        values -= mean
        values /= deviation
        yield rows, values.astype(kind, copy=False)


def _products(x: Embedded, scale: np.ndarray) -> np.ndarray:
    """Inner products of all pairs of standardized rows [shape=(n, n)], on and below the diagonal.

    All rows are held as they are stored, and standardized some columns at a time.
    """
    from scipy.linalg.blas import dsyrk

    n, width = x.shape
    stored = x[np.arange(n)]
    mean, deviation = scale[0], np.sqrt(scale[1])
    total = np.zeros((n, n), order="F")
    columns = max(1, (1 << 23) // max(1, n))
    for first in range(0, width, columns):
        at = slice(first, first + columns)
        values = (widened(np.ascontiguousarray(stored[:, at])) - mean[at]) / deviation[at]
        turned = values.astype(np.float64).T
        total = dsyrk(1.0, turned, beta=1.0, c=total, trans=1, lower=1, overwrite_c=1)
    return total
