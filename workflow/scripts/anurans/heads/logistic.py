"""Logistic regression with an L2 penalty, solved to convergence, its penalty chosen by folds.

All species and folds are solved side by side: one pass over the embeddings serves them all. Before,
embeddings are turned to their principal axes, which changes no solution, since an L2 penalty sees
no direction. There the problem has at most as many values as clips. Weights are sought in the
curvature that the loss has, so that L-BFGS takes some ten steps where it takes hundreds on the
embeddings themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from anurans.heads.axes import Axes, turn
from anurans.heads.dense import Head, Layer, cross_entropy, sigmoid
from anurans.heads.solver import Solution, solve, start_of, value_of
from anurans.heads.training import class_weights, log_odds, moments, repeats
from anurans.networks.embedding_rows import Embedded

# Inverse strengths of the penalty that are tried, as scikit-learn's C.
GRID = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
# Where nothing can be chosen: one group, or positives in one alone.
FALLBACK = 0.01
# How far beyond two penalties' solutions the next is sought, at most, in steps between theirs.
FURTHEST = 1.5
# Weaker penalties are not tried after so many in a row whose loss is so many times the lowest, if
# that is at most such a part of the strongest penalty's.
RISEN, RISES, LEARNT = 1.1, 2, 0.9


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
        A row for each species and C: `species` (its column), `C`, `loss` (mean loss of rows that
        were left out; None where there are none, or where it was not tried), `chosen` (1 for one of
        each species). Strong penalties come first; those after a clear rise are not tried
        (`has_risen`).
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
    grid = sorted(set(recipe.C))
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
) -> tuple[list[dict[str, Any]], np.ndarray, list[float], list[bool], dict[int, Solution]]:
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
    judged = {(number, column): (fold == number) & known[:, column] for number, column in problems}
    # Without a positive among the rows that a species is judged on nothing can be chosen.
    found = {column for (_, column), rows in judged.items() if y[rows, column].any()}
    problems = [problem for problem in problems if problem[1] in found]
    of = np.array([column for _, column in problems], dtype=int)
    unseen = np.full((n, species), np.nan)
    chosen = [min(grid, key=lambda C: abs(np.log(C / FALLBACK)))] * species
    losses: dict[int, list[float]] = {}
    steady = [True] * species
    means: dict[int, Solution] = {}
    if problems:
        learnt = np.column_stack(
            [np.where(out[:, number - 1], 0.0, weights[:, column]) for number, column in problems]
        )
        rows = np.column_stack([judged[problem] for problem in problems])
        losses, best = _compare(axes, y[:, of], learnt, rows, weights[:, of], of, grid)
        for column, tried in losses.items():
            chosen[column] = grid[tried.index(min(tried))]
        solution = solve(axes, y[:, of], learnt, np.array(chosen)[of], best, of)
        for at, (number, column) in enumerate(problems):
            scored = fold == number
            unseen[scored, column] = sigmoid(solution.logits[scored, at])
            steady[column] &= bool(solution.converged[at])
        for column in found:
            means[column] = solution.mean(np.flatnonzero(of == column))
    path = [
        {"species": column, "C": C, "loss": loss}
        for column in range(species)
        for C, loss in zip_longest(grid, losses.get(column, ()))
    ]
    return path, unseen, chosen, steady, means


def _compare(
    axes: Axes,
    y: np.ndarray,
    learnt: np.ndarray,
    judged: np.ndarray,
    weights: np.ndarray,
    of: np.ndarray,
    grid: Sequence[float],
) -> tuple[dict[int, list[float]], Solution]:
    """Losses of each species' penalties on rows left out, strongest first; solutions of the best.

    Parameters
    ----------
    axes
        The rows.
    y, learnt : np.ndarray [shape=(n, k)]
        Labels of each problem, and what its rows weigh when it is solved.
    judged, weights : np.ndarray [shape=(n, k)]
        Which rows each problem is judged on, and what they weigh then.
    of : np.ndarray [shape=(k,), dtype=int]
        Species of each problem.
    grid
        Penalties, the strongest first.
    """
    losses: dict[int, list[float]] = {column: [] for column in of.tolist()}
    before = last = best = start_of(axes, y, learnt)
    for at, C in enumerate(grid):
        trying = np.flatnonzero([not has_risen(losses[column]) for column in of.tolist()])
        if not len(trying):
            break
        start = last.take(trying)
        some = y[:, trying], learnt[:, trying], np.full(len(trying), C)
        if at > 1:
            here, there = np.log(grid[at] / grid[at - 1]), np.log(grid[at - 1] / grid[at - 2])
            further = start.beyond(before.take(trying), min(here / there, FURTHEST))
            lower = value_of(further, *some) < value_of(start, *some)
            start = start.put(np.flatnonzero(lower), further.take(lower))
        solution = solve(axes, *some, start, of[trying], rough=True)
        before, last = last, last.put(trying, solution)
        for column in dict.fromkeys(of[trying].tolist()):
            mine = np.flatnonzero(of == column)
            each = cross_entropy(last.logits[:, mine], y[:, mine], None) * weights[:, mine]
            losses[column].append(float(each[judged[:, mine]].mean()))
            if losses[column][-1] == min(losses[column]):
                best = best.put(mine, last.take(mine))
    return losses, best


def has_risen(losses: Sequence[float]) -> bool:
    """Whether weaker penalties need not be tried.

    So it is where something was learnt, and the last losses are well above the lowest. Before that
    a loss that rises may still fall: what differs between groups is stronger than what calls have
    in common, and is learnt first.

    Parameters
    ----------
    losses
        Of penalties, the strongest first.
    """
    if len(losses) <= RISES or min(losses) > LEARNT * losses[0]:
        return False
    return min(losses[-RISES:]) > RISEN * min(losses)


def _refit(
    axes: Axes,
    y: np.ndarray,
    weights: np.ndarray,
    known: np.ndarray,
    chosen: np.ndarray,
    means: dict[int, Solution],
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
        solution = solve(axes, y[:, both], weights[:, both], chosen[both], start, np.array(both))
        kernel[:, both], bias[both] = solution.kernel, solution.bias
        for column, good in zip(both, solution.converged, strict=True):
            ended[column] = bool(good)
    return kernel, bias, ended


def _both(labels: np.ndarray) -> bool:
    return 0 < labels.sum() < len(labels)
