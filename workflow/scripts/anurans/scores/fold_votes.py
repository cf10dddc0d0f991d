"""How far folds agree: what share of clips gets how many votes, and what a vote of all then calls.

A held-out clip is judged by one fold, which tells how often a fold calls clips of either kind. A
new clip is judged by all: how often a vote calls it also depends on how far their errors are alike,
of which new clips tell by their votes, without labels.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from scipy.special import comb, ndtr, ndtri

VOTES = ("night", "species", "folds", "votes", "clips")
# How much of what folds' scores vary by is the same in all, of clips of a kind: from little to all.
AGREEMENTS = (np.arange(16) + 0.5) / 16
# Normal deviations: of what is the same in all folds, and of the shares that are called.
_COMMON = np.linspace(-6, 6, 121)
_STEPS = 10
_CALLED = np.arange(-4 * _STEPS, 4 * _STEPS + 1) / _STEPS


def carries(votes: np.ndarray, folds: int) -> np.ndarray:
    """Tell whether so many votes make a clip positive: those of at least half of the folds."""
    return 2 * votes >= folds


def vote_shares(called: np.ndarray, folds: int) -> np.ndarray:
    """Share of clips that get each number of votes, by how far folds agree.

    Scores of a clip of one kind are normal in each fold, after whatever makes them so: a part that
    is the same in all folds, and one of each fold's own (a normal copula of one factor). A fold
    votes where their sum is above what a share of `called` is above. Between given shares lines
    are straight.

    Parameters
    ----------
    called : np.ndarray [shape=(n,)]
        Share that a fold calls positive.
    folds
        How many there are.

    Returns
    -------
    np.ndarray [shape=(n, agreements, folds + 1)]
        Of each of `AGREEMENTS`, which add up to 1.

    Examples
    --------
    Hardly alike, two of three folds seldom err together; much alike, they nearly always do:

    >>> both = vote_shares(np.array([0.04]), 3)[0, [0, -1]]
    >>> carries(np.arange(4), 3) @ both.T.round(3)
    array([0.005, 0.039])
    """
    table = _table(folds)
    with np.errstate(divide="ignore"):
        at = np.clip((ndtri(called) - _CALLED[0]) * _STEPS, 0, len(table) - 1)
    low = np.minimum(at.astype(int), len(table) - 2)
    part = (at - low)[:, None, None]
    return (1 - part) * table[low] + part * table[low + 1]


@cache
def _table(folds: int) -> np.ndarray:
    """Shares of each number of votes [shape=(shares called, agreements, folds + 1)]."""
    common, own = np.sqrt(AGREEMENTS)[:, None], np.sqrt(1 - AGREEMENTS)[:, None]
    chance = ndtr((_CALLED[:, None, None] + common * _COMMON) / own)
    weights = np.exp(-(_COMMON**2) / 2)
    weights /= weights.sum()
    votes = range(folds + 1)
    each = [comb(folds, n) * (chance**n * (1 - chance) ** (folds - n)) @ weights for n in votes]
    return np.stack(each, axis=-1)


def count_votes(
    places: Sequence[tuple[str, str]], species: str, votes: np.ndarray, folds: int
) -> Iterator[dict[str, str | int]]:
    """Rows of `VOTES` of clips whose nights and hours are `places`."""
    found = Counter((night, n) for (night, _), n in zip(places, votes.tolist(), strict=True))
    for (night, n), clips in sorted(found.items()):
        yield {"night": night, "species": species, "folds": folds, "votes": n, "clips": clips}
