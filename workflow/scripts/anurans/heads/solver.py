"""Logistic regressions with an L2 penalty on the same rows, solved side by side."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from anurans.heads.axes import Axes
from anurans.heads.curvature import Curvature, curvatures
from anurans.heads.dense import cross_entropy, sigmoid
from anurans.heads.lbfgs import minimise

# Largest slope of a solution, in units of its value and of the curvature at the start, by the bytes
# of a value; and while penalties are compared: their losses differ by more than that leaves open.
SLOPES = {8: (1e-6, 5e-5), 4: (5e-5, 5e-5)}
# How many times that slope still counts as its end. Evaluations of a search, and how many searches,
# each in the curvature where the one before ended, for the problems that it did not solve.
ENDED, MOST, ROUNDS = 10, 200, 10
# Least curvature of the loss of a row, whose probability may be 0 or 1 to rounding.
LEAST = 1e-9
# Products of so many multiplications are made at once: BLAS copies larger matrices before each.
PRODUCT = 1_000_000
# Bytes of rows that are read at once, so that they are still at hand when they are read again.
CACHE = 1 << 21


@dataclass(frozen=True, slots=True)
class Solution:
    """Weights [shape=(r, k)], biases [shape=(k,)] and logits [shape=(n, k)] of k problems.

    `converged` [shape=(k,)] says whether each has a slope of 0.
    """

    kernel: np.ndarray
    bias: np.ndarray
    logits: np.ndarray
    converged: np.ndarray

    def take(self, problems: np.ndarray) -> "Solution":
        """Some of the problems."""
        return Solution(*(getattr(self, name)[..., problems] for name in self.__slots__))

    def mean(self, problems: np.ndarray) -> "Solution":
        """Mean of some of the problems, as one; its logits are those of its weights."""
        some = self.take(problems)
        return Solution(
            some.kernel.mean(axis=-1, keepdims=True),
            some.bias.mean(keepdims=True),
            some.logits.mean(axis=-1, keepdims=True),
            np.array([some.converged.all()]),
        )

    def beyond(self, before: "Solution", times: float) -> "Solution":
        """Where solutions go to if they go on from those before, so many times as far."""
        kernel, bias, logits = (
            here + times * (here - there)
            for here, there in (
                (self.kernel, before.kernel),
                (self.bias, before.bias),
                (self.logits, before.logits),
            )
        )
        return Solution(kernel, bias, logits, self.converged)

    def put(self, problems: np.ndarray, other: "Solution") -> "Solution":
        """The same, where some of the problems have other solutions."""
        found = Solution(*(getattr(self, name).copy() for name in self.__slots__))
        for name in self.__slots__:
            getattr(found, name)[..., problems] = getattr(other, name)
        return found


def start_of(axes: Axes, y: np.ndarray, weights: np.ndarray) -> Solution:
    """Where nothing is learnt yet: weights of 0, biases at the log-odds; as `solve` takes them."""
    share = (weights * y).sum(axis=0) / weights.sum(axis=0)
    bias = np.log(share / (1 - share))
    kernel = np.zeros((axes.values.shape[1], y.shape[1]))
    return Solution(kernel, bias, np.tile(bias, (len(y), 1)), np.zeros(y.shape[1], bool))


def value_of(solution: Solution, y: np.ndarray, weights: np.ndarray, C: np.ndarray) -> np.ndarray:
    """What `solve` minimises [shape=(k,)], with labels, weights and C as it takes them."""
    loss = cross_entropy(solution.logits, y, None)
    return (weights * loss).sum(axis=0) + (solution.kernel**2).sum(axis=0) / (2 * C)


def solve(
    axes: Axes,
    y: np.ndarray,
    weights: np.ndarray,
    C: np.ndarray,
    start: Solution,
    alike: np.ndarray,
    rough: bool = False,
) -> Solution:
    """Solve k logistic regressions on the same rows side by side, by L-BFGS.

    Each minimises sum_i weights_i loss_i + |w|^2 / (2 C), its bias free, divided by its sum of
    weights. Weights are sought in the curvature that the loss has at the start
    (`anurans.heads.curvature`), so that the slope tells how far the lowest value is, as a part of
    the value.

    Parameters
    ----------
    axes
        The rows.
    y, weights : np.ndarray [shape=(n, k), dtype=float64]
        Labels, of both kinds where weights are above 0, and weights of each problem.
    C : np.ndarray [shape=(k,)]
        Inverse strength of each penalty.
    start
        Where to begin.
    alike : np.ndarray [shape=(k,), dtype=int]
        Problems of one number share the curvature of their mean: the same species and penalty.
    rough
        Whether the solutions are only compared.
    """
    flat = SLOPES[axes.values.itemsize][rough]
    found = np.vstack([start.kernel, start.bias]).T
    steepest, going = np.zeros(len(found)), np.arange(len(found))
    for number in range(ROUNDS):
        problems = _Problems(axes.values, y[:, going], weights[:, going], C[going])
        curved = problems.curvatures(found[going], alike[going], careful=number % 2 == 1)
        found[going], steepest[going] = _search(problems, curved, found[going], flat)
        going = np.flatnonzero(~(steepest <= ENDED * flat))
        if not len(going):
            break
    logits = problems.logits(found)
    return Solution(found[:, :-1].T, found[:, -1], logits, steepest <= ENDED * flat)


def _search(
    problems: "_Problems",
    curved: list[tuple[np.ndarray, Curvature]],
    start: np.ndarray,
    flat: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights [shape=(k, r + 1)] of lower values, and the largest slope [shape=(k,)] of each."""
    curvature_of = np.empty(len(start), int)
    for at, (some, _) in enumerate(curved):
        curvature_of[some] = at

    def turned(
        how: Callable[[Curvature, np.ndarray], np.ndarray], what: np.ndarray, which: np.ndarray
    ) -> np.ndarray:
        found, numbers = np.empty(what.shape), curvature_of[which]
        for at in dict.fromkeys(numbers.tolist()):
            mine = numbers == at
            found[mine] = how(curved[at][1], what[mine])
        return found

    def losses(sought: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        value, downhill = problems.losses(turned(Curvature.weights, sought, which), which)
        return value, turned(Curvature.slopes, downhill, which)

    every = np.arange(len(start))
    sought = turned(Curvature.sought, start, every)
    found, steepest = minimise(losses, sought, flat, MOST, problems.values.dtype.type)
    return turned(Curvature.weights, found, every), steepest


class _Problems:
    """What `solve` is given, each problem divided by its sum of weights.

    Weights and biases of all problems are one matrix [shape=(k, r + 1)], biases last.
    """

    def __init__(self, values: np.ndarray, y: np.ndarray, weights: np.ndarray, C: np.ndarray):
        total = weights.sum(axis=0)
        self.values = values
        self.y = y.astype(values.dtype)
        self.each = (weights / total).astype(values.dtype)
        self.penalty = 1.0 / (C * total)
        self._blocks = _slices(len(values), max(1, CACHE // max(1, values[:1].nbytes)))

    def curvatures(
        self, weights: np.ndarray, alike: np.ndarray, careful: bool
    ) -> list[tuple[np.ndarray, Curvature]]:
        """Which problems are alike, and the curvature of their mean at some weights.

        A `careful` one is that of the lowest parabola that lies on the loss and never below it
        (Jaakkola & Jordan 2000, Bayesian parameter estimation via variational methods, Statistics
        and Computing 10: 25-37), so that no step to its bottom goes up.
        """
        z = self.logits(weights)
        if careful:
            far = np.maximum(np.abs(z), LEAST)
            bend = np.tanh(far / 2) / (2 * far)
        else:
            likely = sigmoid(z)
            bend = np.maximum(likely * (1 - likely), LEAST)
        bend = self.each * bend.astype(self.each.dtype)
        of = [np.flatnonzero(alike == number) for number in dict.fromkeys(alike.tolist())]
        mean = np.column_stack([bend[:, some].mean(axis=1) for some in of])
        penalty = np.array([self.penalty[some].mean() for some in of])
        return [*zip(of, curvatures(self.values, mean, penalty, self._blocks), strict=True)]

    def logits(self, weights: np.ndarray) -> np.ndarray:
        """Logits [shape=(n, k)]."""
        split = self._split(weights)
        return np.concatenate([self._logits(*split, rows) for rows in self._blocks])

    def losses(self, weights: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values [shape=(k,)] of some problems and their slopes [shape=(k, r + 1)]."""
        kernel, bias = self._split(weights)
        penalty = self.penalty[which]
        value = penalty * (weights[:, :-1] ** 2).sum(axis=1) / 2
        downhill = np.zeros(weights.shape)
        products = np.zeros(kernel.T.shape, kernel.dtype)
        of_all = len(which) == self.y.shape[1]
        labels, weigh = (
            part if of_all else part.take(which, axis=1) for part in (self.y, self.each)
        )
        for rows in self._blocks:
            z, y, each = self._logits(kernel, bias, rows), labels[rows], weigh[rows]
            small = np.exp(-np.abs(z))
            loss = np.maximum(z, 0) - z * y + np.log1p(small)
            value += (loss * each).sum(axis=0, dtype=np.float64)
            slope = (np.where(z >= 0, 1, small) / (1 + small) - y) * each
            downhill[:, -1] += slope.sum(axis=0, dtype=np.float64)
            for at, values in _pieces(self.values[rows], kernel):
                products += slope[at].T @ values
        downhill[:, :-1] = products + penalty[:, None] * weights[:, :-1]
        return value, downhill

    def _split(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        kind = self.values.dtype
        return np.ascontiguousarray(weights[:, :-1].T, kind), weights[:, -1].astype(kind)

    def _logits(self, kernel: np.ndarray, bias: np.ndarray, rows: slice) -> np.ndarray:
        z = np.empty((rows.stop - rows.start, len(bias)), bias.dtype)
        for at, values in _pieces(self.values[rows], kernel):
            np.matmul(values, kernel, out=z[at])
        z += bias
        return z


def _slices(count: int, size: int) -> list[slice]:
    """So many rows, in slices of a size."""
    return [slice(first, min(first + size, count)) for first in range(0, count, size)]


def _pieces(values: np.ndarray, kernel: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Rows, so many that their product with weights is made at once."""
    for at in _slices(len(values), max(1, PRODUCT // max(1, kernel.size))):
        yield at, values[at]
