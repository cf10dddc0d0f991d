"""Logistic regression with an L2 penalty, solved to convergence, its penalty chosen by folds.

All species and folds are solved at once: one pass over the embeddings serves them all. Before,
embeddings are turned to their principal axes, which changes no solution, since an L2 penalty sees
no direction. There the problem has at most as many values as clips, and each value a curvature of
its own, so that L-BFGS takes some ten steps where it takes hundreds on the embeddings themselves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from anurans.heads.dense import Head, Layer, cross_entropy, sigmoid, widened
from anurans.heads.training import class_weights, in_order, log_odds, moments, repeats
from anurans.networks.embedding_rows import Embedded

# Inverse strengths of the penalty that are tried, as scikit-learn's C.
GRID = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
# Where nothing can be chosen: one group, or positives in one alone.
FALLBACK = 0.01
# Largest slope of a solution, per clip, in units of the curvature; steps until it must be there.
SLOPE, STEPS = 1e-7, 1000
# The same while penalties are compared: their losses differ by more than that leaves open.
ROUGH = 2e-5
# Least curvature of the loss of a row, whose probability may be 0 or 1 to rounding.
LEAST = 1e-9
# Steps of a search along a line: where rounding hides what is left, more find nothing.
SEARCH = 5
# Products of so many multiplications are made at once: BLAS copies larger matrices before each.
PRODUCT = 1_000_000
# Values up to which the turned embeddings are kept in double precision: 8 MB.
DOUBLE = 1 << 20
# Part of the largest variance below which a principal axis holds rounding alone.
NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True)
class Logistic:
    """A recipe of the config whose solver is `logistic`.

    `C` are the inverse strengths of the penalty that are tried, in the unit of scikit-learn:
    sum of the losses of all rows + |w|^2 / (2 C).
    """

    C: Sequence[float] = GRID
    inner_folds: int = 5
    standardize: bool = True
    balance: str = "none"


@dataclass(frozen=True, slots=True)
class LogisticFit:
    """What came of solving.

    Attributes
    ----------
    head
        Fitted to all rows, with the penalty that was chosen for each species.
    path
        A row for each species and C that was tried: `species` (its column), `C`, `loss` (mean loss
        of rows that were left out, None where there are none), `chosen` (1 for one of each
        species). Strong penalties come first. All are tried: the loss may rise before it falls,
        where what differs between groups is stronger than what calls have in common.
    unseen : np.ndarray [shape=(n, species), dtype=float64]
        Probabilities of rows by the fit that left out their fold; NaN where there is none.
    converged
        Of each species, whether every solution that its numbers rest on has a slope of 0.
    """

    head: Head
    path: list[dict[str, Any]]
    unseen: np.ndarray
    converged: tuple[bool, ...]


def fit_logistic(
    recipe: Logistic,
    x: Embedded,
    labels: np.ndarray,
    fold: np.ndarray,
    out: np.ndarray,
    known: np.ndarray | None = None,
) -> LogisticFit:
    """Fit one logistic regression for each species.

    The penalty is the one of the lowest mean loss over rows that were left out of a fit, each
    species its own. A row counts for the species that it is known of; all rows are standardized by
    the same moments, those of all rows.

    Parameters
    ----------
    recipe
        The recipe.
    x
        Embeddings [shape=(n, width)].
    labels : np.ndarray [shape=(n, species), dtype=bool]
    fold : np.ndarray [shape=(n,), dtype=int]
        Inner fold that each row is scored in, from 1; 0 for rows that are never scored (copies).
    out : np.ndarray [shape=(n, folds), dtype=bool]
        Rows that the fit of each fold leaves out: those of the fold, and all that show their sound.
    known : np.ndarray [shape=(n, species), dtype=bool], optional
        Which labels are known; all by default. Others are neither fitted to nor judged on.

    Returns
    -------
    LogisticFit
        Rows have scores of species that nothing is known of as well.
    """
    known = np.ones(labels.shape, dtype=bool) if known is None else known
    labels = labels & known
    weights = row_weights(recipe.balance, labels, known)
    scale = moments(x) if recipe.standardize else _centre(x)
    axes = turn(x, scale)
    y = labels.astype(np.float64)
    grid = sorted(recipe.C)
    path, unseen, chosen, steady, start = _choose(axes, y, weights, known, fold, out, grid)
    solved, bias, ended = _refit(axes, y, weights, known, np.array(chosen), start)
    kernel = axes.back(solved)
    deviation = np.sqrt(scale[1].astype(np.float64))
    if not recipe.standardize:
        kernel /= deviation[:, None]
        bias = bias - scale[0].astype(np.float64) @ kernel
    layer = Layer("probability", kernel.astype(np.float32), bias.astype(np.float32), "sigmoid")
    head = Head([layer], scale if recipe.standardize else None)
    for row in path:
        row["chosen"] = int(row["C"] == chosen[row["species"]])
    return LogisticFit(
        head, path, unseen, tuple(a and b for a, b in zip(steady, ended, strict=True))
    )


def row_weights(balance: str, labels: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
    """Weight of each row and species in the loss [shape=(n, species)], by a recipe's `balance`.

    Parameters
    ----------
    balance
        `none`, `class_weight` or `oversample`.
    labels, known : np.ndarray [shape=(n, species), dtype=bool]
        Labels, False where nobody knows; and which are known, all by default. Others weigh
        nothing.
    """
    if balance == "class_weight":
        negative, positive = class_weights(labels, known).astype(np.float64)
        weights = np.where(labels, positive, negative)
    else:
        each = repeats(labels, known) if balance == "oversample" else np.ones(len(labels))
        weights = np.repeat(each[:, None], labels.shape[1], axis=1)
    return weights if known is None else np.where(known, weights, 0.0)


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
    n, width = x.shape
    if n > width:
        # What is not quite a principal axis serves as well: turning changes no solution.
        kind = np.float64 if n * width <= DOUBLE else np.float32
        covariance = np.zeros((width, width))
        for _, block in _blocks(x, scale, kind):
            covariance += block.T @ block
        axes = np.linalg.eigh(covariance)[1].astype(kind)
        values = np.empty((n, width), kind)
        for rows, block in _blocks(x, scale, kind):
            np.matmul(block, axes, out=values[rows])
        return Axes(values, lambda weights: axes.astype(np.float64) @ weights)
    power, sides = np.linalg.eigh(_products(x, scale))
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


def _centre(x: Embedded) -> np.ndarray:
    """Mean of each value, and a variance of 1: what `moments` gives where nothing is scaled."""
    scale = moments(x)
    scale[1] = 1.0
    return scale


def _choose(
    axes: Axes,
    y: np.ndarray,
    weights: np.ndarray,
    known: np.ndarray,
    fold: np.ndarray,
    out: np.ndarray,
    grid: Sequence[float],
) -> tuple[list[dict[str, Any]], np.ndarray, list[float], list[bool], dict[int, "Solution"]]:
    """Solve for each fold, species and C; keep what the best C says of rows left out.

    The last of the results is, of species whose C was chosen, the mean of its folds' solutions.
    """
    n, species = y.shape
    problems = [
        (number, column)
        for number in range(1, out.shape[1] + 1)
        for column in range(species)
        if _both(y[~out[:, number - 1] & known[:, column], column])
    ]
    of = np.array([column for _, column in problems], dtype=int)
    unseen = np.full((n, species), np.nan)
    losses: list[list[float]] = [[] for _ in range(species)]
    chosen = [min(grid, key=lambda C: abs(np.log(C / FALLBACK)))] * species
    steady = [True] * species
    means: dict[int, Solution] = {}
    # Rows that each problem scores, and those that it is judged on. Without a positive among them
    # nothing can be chosen.
    scored = [np.flatnonzero(fold == number) for number, _ in problems]
    judged = [rows[known[rows, column]] for rows, (_, column) in zip(scored, problems, strict=True)]
    found = [
        any(y[judged[at], column].any() for at in np.flatnonzero(of == column))
        for column in range(species)
    ]
    if any(found):
        learnt = np.column_stack(
            [np.where(out[:, number - 1], 0.0, weights[:, column]) for number, column in problems]
        )
        last = best = start_of(axes, y[:, of], learnt)
        chance = np.flatnonzero([found[each] for each in of])
        for C in grid:
            some = y[:, of[chance]], learnt[:, chance], np.full(len(chance), C)
            last = last.put(chance, solve(axes, *some, last.take(chance), ROUGH))
            for column in sorted(set(of[chance].tolist())):
                mine = np.flatnonzero(of == column)
                rows = np.concatenate([judged[at] for at in mine])
                logits = np.concatenate([last.logits[judged[at], at] for at in mine])
                each = cross_entropy(logits, y[rows, column], None) * weights[rows, column]
                losses[column].append(float(each.mean()))
                if losses[column][-1] == min(losses[column]):
                    chosen[column] = C
                    best = best.put(mine, last.take(mine))
        some = y[:, of[chance]], learnt[:, chance], np.array(chosen)[of[chance]]
        solution = solve(axes, *some, best.take(chance))
        for number, at in enumerate(chance.tolist()):
            unseen[scored[at], of[at]] = sigmoid(solution.logits[scored[at], number])
            steady[of[at]] &= bool(solution.converged[number])
        for column in set(of[chance].tolist()):
            means[column] = solution.mean(np.flatnonzero(of[chance] == column))
    path = [
        {"species": column, "C": C, "loss": loss}
        for column in range(species)
        for C, loss in zip_longest(grid, losses[column])
    ]
    return path, unseen, chosen, steady, means


def _refit(
    axes: Axes,
    y: np.ndarray,
    weights: np.ndarray,
    known: np.ndarray,
    chosen: np.ndarray,
    means: dict[int, "Solution"],
) -> tuple[np.ndarray, np.ndarray, list[bool]]:
    """Weights [shape=(r, species)] and biases, of known rows; one kind alone gives its share."""
    species = y.shape[1]
    kernel, bias = np.zeros((axes.values.shape[1], species)), np.zeros(species)
    ended = [True] * species
    both = [column for column in range(species) if _both(y[known[:, column], column])]
    constant = sorted(set(range(species)) - set(both))
    bias[constant] = log_odds(y[:, constant], known[:, constant])
    if both:
        start = start_of(axes, y[:, both], weights[:, both])
        for number, column in enumerate(both):
            if column in means:
                start = start.put(np.array([number]), means[column])
        solution = solve(axes, y[:, both], weights[:, both], chosen[both], start)
        kernel[:, both], bias[both] = solution.kernel, solution.bias
        for column, good in zip(both, solution.converged, strict=True):
            ended[column] = bool(good)
    return kernel, bias, ended


def _both(labels: np.ndarray) -> bool:
    return 0 < labels.sum() < len(labels)


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


def solve(
    axes: Axes,
    y: np.ndarray,
    weights: np.ndarray,
    C: np.ndarray,
    start: Solution,
    flat: float | None = None,
) -> Solution:
    """Solve k logistic regressions on the same rows at once, by L-BFGS.

    Each minimises sum_i weights_i loss_i + |w|^2 / (2 C), its bias free. Every problem is divided
    by its sum of weights, and every weight measured in the curvature that it has at the start, so
    that one search suits all of them, and a slope tells how far the lowest value is.

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
    flat
        Largest slope of a solution; by default `SLOPE`.
    """
    from scipy.optimize import minimize

    values = axes.values
    r, k = values.shape[1], y.shape[1]
    total = weights.sum(axis=0)
    penalty = 1.0 / (C * total)
    each = (weights / total).astype(values.dtype)
    y = y.astype(values.dtype)
    step = max(1, PRODUCT // (r * k))
    blocks = [slice(first, first + step) for first in range(0, len(y), step)]
    likely = sigmoid(start.logits)
    bend = each * np.maximum(likely * (1 - likely), LEAST).astype(values.dtype)
    curvature = np.zeros((k, r))
    for rows in blocks:
        curvature += bend[rows].T @ np.square(values[rows])
    unit = np.sqrt(curvature.T + penalty)
    unit_bias = np.sqrt(bend.sum(axis=0, dtype=np.float64))
    first = np.concatenate([start.kernel * unit, (start.bias * unit_bias)[None]])

    def logits(kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
        kernel, found = kernel.astype(values.dtype), np.empty(y.shape, values.dtype)
        for rows in blocks:
            np.matmul(values[rows], kernel, out=found[rows])
        found += bias.astype(values.dtype)
        return found

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        scaled = flat.reshape(r + 1, k)
        kernel, bias = scaled[:-1] / unit, scaled[-1] / unit_bias
        z = logits(kernel, bias)
        small = np.exp(-np.abs(z))
        loss = np.maximum(z, 0) - z * y + np.log1p(small)
        value = float((loss * each).sum(dtype=np.float64))
        value += float((penalty * (kernel**2).sum(axis=0)).sum()) / 2
        slope = (np.where(z >= 0, 1, small) / (1 + small) - y) * each
        downhill, products = np.empty_like(scaled), np.zeros((k, r), values.dtype)
        for rows in blocks:
            products += slope[rows].T @ values[rows]
        downhill[:-1] = (products.T + penalty * kernel) / unit
        downhill[-1] = slope.sum(axis=0, dtype=np.float64) / unit_bias
        return value, downhill.ravel()

    # The value itself stops changing, to rounding, long before the slope is 0.
    options = {
        "maxiter": STEPS,
        "maxfun": 2 * STEPS,
        "ftol": 0.0,
        "gtol": flat or SLOPE,
        "maxcor": 20,
        "maxls": SEARCH,
    }
    found = minimize(objective, first.ravel(), jac=True, method="L-BFGS-B", options=options)
    scaled = found.x.reshape(r + 1, k)
    _, downhill = objective(found.x)
    steepest = np.abs(downhill.reshape(r + 1, k)).max(axis=0)
    # Single precision ends where its rounding does.
    allowed = (10 if values.dtype == np.float64 else 1000) * SLOPE
    kernel, bias = scaled[:-1] / unit, scaled[-1] / unit_bias
    return Solution(kernel, bias, logits(kernel, bias), steepest <= allowed)
