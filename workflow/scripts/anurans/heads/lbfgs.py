"""L-BFGS for several convex problems side by side, each with steps of its own."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

# Steps that are remembered.
MEMORY = 20
# Part of the fall that its slope promises which a step has to reach, and part of the slope along a
# step that may be left at its end (Nocedal & Wright 2006, Numerical optimization, section 3.1).
FALL, LEFT = 1e-4, 0.9
# A value that is higher by so many roundings has not risen: near the lowest it tells no more, and
# the slope decides (Hager & Zhang 2005, SIAM Journal on Optimization 16: 170-192).
ROUNDINGS = 3
# A step that went too far is shortened to between these parts of it; the n-th time in a row, to
# between their n-th powers. After so many times the search ends.
SHORTEST, LONGEST, TRIES = 0.1, 0.5, 8

# Values [shape=(k,)] and slopes [shape=(k, r)] of k problems at points [shape=(k, r)]; the second
# argument numbers the problems.
Losses = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, slots=True)
class _Searches:
    """Where k problems are, and where each goes next.

    Attributes
    ----------
    which : np.ndarray [shape=(k,), dtype=int]
        Their numbers.
    at, slope, towards : np.ndarray [shape=(k, r)]
    value, length : np.ndarray [shape=(k,)]
    tries : np.ndarray [shape=(k,), dtype=int]
        Steps in a row that went too far.
    """

    which: np.ndarray
    at: np.ndarray
    value: np.ndarray
    slope: np.ndarray
    towards: np.ndarray
    length: np.ndarray
    tries: np.ndarray

    def steepest(self) -> np.ndarray:
        """Largest part of each slope, by the root of the value."""
        return np.abs(self.slope).max(axis=1) / np.sqrt(self.value)

    def take(self, some: np.ndarray) -> "_Searches":
        """Some of the problems."""
        return _Searches(**{name: getattr(self, name)[some] for name in self.__slots__})


class _Step(NamedTuple):
    """A step of each problem and what it turned the slope by, of shape (k, r); 0 where none was.

    `weight` is 1 / step'turn, and `scale` is step'turn / turn'turn, of shape (k,); both are 0 where
    the step tells no curvature.
    """

    step: np.ndarray
    turn: np.ndarray
    weight: np.ndarray
    scale: np.ndarray


def minimise(
    losses: Losses, start: np.ndarray, flat: float, most: int, precision: type[np.floating]
) -> tuple[np.ndarray, np.ndarray]:
    """Find where convex functions, of values above 0, are lowest.

    All are evaluated at once, but for those that are solved. Steps begin well in a unit where
    curvatures are about 1 (Nocedal 1980, Updating quasi-Newton matrices with limited storage,
    Mathematics of Computation 35: 773-782).

    Parameters
    ----------
    losses
        What is minimised.
    start : np.ndarray [shape=(k, r), dtype=float64]
        Where to begin.
    flat
        A problem is solved where the largest part of its slope is at most so many times the root of
        its value.
    most
        Evaluations, at most.
    precision
        In which values are computed, and steps are remembered.

    Returns
    -------
    np.ndarray [shape=(k, r)]
        Where each ended.
    np.ndarray [shape=(k,)]
        Largest part of its slope there, in the unit of `flat`.
    """
    every = np.arange(len(start))
    value, slope = losses(start, every)
    now = _Searches(
        which=every,
        at=start,
        value=value,
        slope=slope,
        towards=-slope,
        length=np.ones(len(start)),
        tries=np.zeros(len(start), int),
    )
    found, steepest = start.copy(), now.steepest()
    past: deque[_Step] = deque(maxlen=MEMORY)
    for _ in range(most - 1):
        going = (now.steepest() > flat) & (now.tries < TRIES)
        if not going.all():
            now = now.take(going)
            kept = [_Step(*(part[going] for part in each)) for each in past]
            past = deque(kept, maxlen=MEMORY)
        if not len(now.which):
            break
        now = _go(now, losses, past, precision)
        found[now.which], steepest[now.which] = now.at, now.steepest()
    return found, steepest


def _go(
    now: _Searches, losses: Losses, past: deque[_Step], precision: type[np.floating]
) -> _Searches:
    """Take a step of each problem, or shorten it where it went too far; note it in the past."""
    there = now.at + now.length[:, None] * now.towards
    value, slope = losses(there, now.which)
    down, left = np.vecdot(now.slope, now.towards), np.vecdot(slope, now.towards)
    falls = value <= now.value + FALL * now.length * down
    level = value <= now.value * (1 + ROUNDINGS * np.finfo(precision).eps)
    good = (down < 0) & (falls | (level & (np.abs(left) <= -LEFT * down)))
    taken = good[:, None]
    step = np.where(taken, there - now.at, 0).astype(precision)
    turn = np.where(taken, slope - now.slope, 0).astype(precision)
    slope = np.where(taken, slope, now.slope)
    weight = _over(1, np.vecdot(step, turn))
    past.appendleft(_Step(step, turn, weight, _over(1, weight * np.vecdot(turn, turn))))
    # A slope along a line only rises: about here it is 0.
    shorter = np.where(left > down, _over(-down, left - down), LONGEST)
    shorter = np.clip(shorter, SHORTEST, LONGEST) ** (now.tries + 1)
    return _Searches(
        which=now.which,
        at=np.where(taken, there, now.at),
        value=np.where(good, value, now.value),
        slope=slope,
        towards=np.where(taken, -_newton(slope, past), now.towards),
        length=np.where(good, 1, now.length * shorter),
        tries=np.where(good, 0, now.tries + 1),
    )


def _newton(slope: np.ndarray, past: Sequence[_Step]) -> np.ndarray:
    """Slopes by the inverse of the curvature that the past tells, the newest step first."""
    found = slope.astype(past[0].step.dtype)
    weights = []
    for each in past:
        weights.append(each.weight * np.vecdot(each.step, found))
        found -= weights[-1][:, None] * each.turn
    scale = np.ones(len(slope), found.dtype)
    for each in reversed(past):
        scale = np.where(each.scale > 0, each.scale, scale)
    found *= scale[:, None]
    for each, weight in zip(reversed(past), reversed(weights), strict=True):
        found += (weight - each.weight * np.vecdot(each.turn, found))[:, None] * each.step
    return found


def _over(above: np.ndarray | int, below: np.ndarray) -> np.ndarray:
    """Above over below; 0 where below is not above 0, or so small that its inverse overflows."""
    enough = below > np.finfo(below.dtype).tiny
    return np.divide(above, below, out=np.zeros_like(below), where=enough)
