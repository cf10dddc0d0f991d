"""A preconditioner of logistic regressions: weights in the curvature that their loss has."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

# Rows whose curvature is taken whole: so many times the root of their number, and at most.
ROWS, MOST = 2.0, 512
# Part of the bias's curvature that counts at least where rows taken whole hold all of it.
LEAST = 1e-3


@dataclass(frozen=True, slots=True)
class Curvature:
    """A square root of the inverse of a loss's curvature, about, and its inverse.

    The Hessian of a logistic loss is the sum of w x x' over its rows, and the penalty. Few rows
    hold most of it, those in doubt: they are taken whole, others by its diagonal alone. With the
    diagonal D and the rows B = D^-1/2 X' W^1/2 the curvature is D^1/2 (I + B B') D^1/2, and a root
    of its inverse is D^-1/2 F with F = I - B L'^-1 (L + I)^-1 B', L L' = I + B' B (Andrews 1968, A
    square root formulation of the Kalman covariance equations, AIAA Journal 6: 1165-1166).

    Attributes
    ----------
    root : np.ndarray [shape=(r + 1,), dtype=float64]
        Root of the diagonal, that of the bias last.
    rows : np.ndarray [shape=(m, r + 1)]
        B'.
    back : np.ndarray [shape=(m, r + 1)]
        L'^-1 (L + I)^-1 B'.
    """

    root: np.ndarray
    rows: np.ndarray
    back: np.ndarray

    def weights(self, sought: np.ndarray) -> np.ndarray:
        """Weights and bias [shape=(k, r + 1), dtype=float64] of each that is sought."""
        return (sought - through(sought, self.back, self.rows)) / self.root

    def slopes(self, downhill: np.ndarray) -> np.ndarray:
        """Slopes [shape=(k, r + 1), dtype=float64] by what is sought, of those by weights."""
        scaled = downhill / self.root
        return scaled - through(scaled, self.rows, self.back)

    def sought(self, weights: np.ndarray) -> np.ndarray:
        """What is sought [shape=(k, r + 1), dtype=float64] where weights are these."""
        scaled = weights * self.root
        scaled += through(scaled, self.rows, self.rows)
        return scaled - through(scaled, self.rows, self.back)


def through(what: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """What [shape=(k, r + 1)], by two matrices [shape=(m, r + 1)], in their precision."""
    # With few rows on the left BLAS takes twice as long.
    inner = first @ what.astype(first.dtype).T
    return np.ascontiguousarray(inner.T) @ last


def curvatures(
    values: np.ndarray, bend: np.ndarray, penalty: np.ndarray, blocks: list[slice]
) -> Iterator[Curvature]:
    """The curvature of losses.

    Parameters
    ----------
    values : np.ndarray [shape=(n, r)]
        The rows. In their precision it is computed.
    bend : np.ndarray [shape=(n, k)]
        Curvature of the loss of each row by its logit, of each problem.
    penalty : np.ndarray [shape=(k,)]
        Curvature of the penalty, above 0.
    blocks
        Rows that are read at once.
    """
    n, r = values.shape
    total = bend.sum(axis=0, dtype=np.float64)
    diagonal = np.zeros((bend.shape[1], r))
    for rows in blocks:
        diagonal += bend[rows].T @ np.square(values[rows])
    # What is left of the diagonal may be rounding alone.
    rounding = 100 * np.finfo(values.dtype).eps
    count = min(n, MOST, int(np.ceil(ROWS * np.sqrt(n))))
    for number, each in enumerate(penalty):
        whole = np.sort(np.argpartition(bend[:, number], n - count)[n - count :])
        scale = np.sqrt(bend[whole, number])[:, None]
        taken = np.concatenate([values[whole] * scale, scale], axis=1)
        full = np.append(diagonal[number], total[number])
        rest = full - np.square(taken).sum(axis=0, dtype=np.float64)
        rest = np.maximum(rest, rounding * full)
        rest[:-1] += each
        rest[-1] += LEAST * total[number]
        root = np.sqrt(rest)
        taken /= root.astype(values.dtype)
        yield Curvature(root, taken, _back(taken))


def _back(rows: np.ndarray) -> np.ndarray:
    from scipy.linalg import cholesky, solve_triangular

    one, exact = np.eye(len(rows)), rows.astype(np.float64)
    lower = cholesky(exact @ exact.T + one, lower=True)
    half = solve_triangular((lower + one).astype(rows.dtype), rows, lower=True)
    return solve_triangular(lower.astype(rows.dtype), half, lower=True, trans=1, overwrite_b=True)
