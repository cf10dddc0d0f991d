"""Random samples of clips whose probabilities of having been drawn are exact.

One sample serves all species. A clip that is listened to is heard once, and asked about every
species: samples of their own would ask for the same clip again, or lose what could be heard in it.
So the strata are the same for all species, each is a simple random sample without replacement, and
the probability of having been drawn is its sample's size by its own, for every species alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anurans.common.errors import UserError

# Of a stratum; fewer say too little of it.
MINIMUM = 10
# Shares of the expected calls of a species that its two upper strata hold.
HIGH, MIDDLE = 0.5, 0.9
# There are no more strata than that a sample has this many clips of each.
PER_STRATUM = 20
LOW = "low"


@dataclass(frozen=True, slots=True)
class Sample:
    """Clips that were drawn.

    Attributes
    ----------
    strata : tuple of str
        Names.
    stratum : np.ndarray [shape=(n,), dtype=int]
        Of every clip, drawn or not.
    sizes, drawn : np.ndarray [shape=(strata,), dtype=int]
        Clips in each stratum, and how many of them were drawn.
    chosen : np.ndarray [shape=(k,), dtype=int]
        The clips that were drawn, in an order of which every beginning is such a sample too:
        whoever stops early has answered a random sample of each stratum.
    """

    strata: tuple[str, ...]
    stratum: np.ndarray
    sizes: np.ndarray
    drawn: np.ndarray
    chosen: np.ndarray


def lay_strata(
    probabilities: np.ndarray, species: Sequence[str], most: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """Put each clip into a stratum, by what is expected to call in it.

    The clips with the highest probabilities of a species, in which half of its calls are expected,
    are its upper stratum, those with the next four tenths its middle one, and what is left is low
    of that species. A clip that would be in strata of several species is in that of the rarest of
    them: the common ones have enough others.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n, species)]
        Of a call, as good as they are known; scores where nothing better is.
    species
        Codes.
    most
        Number of strata at most: with more, both upper strata of a species are one, and if these
        are too many, those of all species.

    Returns
    -------
    names, stratum : tuple of str, np.ndarray [shape=(n,), dtype=int]
        Strata that have clips, and that of each clip.
    """
    expected = probabilities.sum(axis=0)
    level = np.zeros(probabilities.shape, dtype=int)
    for column, total in enumerate(expected):
        order = np.argsort(-probabilities[:, column], kind="stable")
        # A clip belongs where its own share begins, so that the first is always an upper one.
        before = np.cumsum(probabilities[order, column]) - probabilities[order, column]
        level[order, column] = (before < MIDDLE * total).astype(int) + (before < HIGH * total)
    if 1 + 2 * len(species) <= most:
        words = {2: "{} high", 1: "{} middle"}
    elif 1 + len(species) <= most:
        words = {2: "{} expected", 1: "{} expected"}
    else:
        words = {2: "high", 1: "middle"}
    names = np.full(len(probabilities), LOW, dtype=object)
    rarest_last = sorted(range(len(species)), key=lambda column: (-expected[column], column))
    for column in rarest_last:
        for at in (1, 2):
            here = level[:, column] == at
            if at == 1 and "{}" not in words[1]:
                here &= names == LOW
            names[here] = words[at].format(species[column])
    every = [words[at].format(name) for name in species for at in (2, 1)]
    known = [name for name in dict.fromkeys([*every, LOW]) if (names == name).any()]
    number = {name: at for at, name in enumerate(known)}
    return tuple(known), np.array([number[name] for name in names], dtype=int)


def allocate(sizes: np.ndarray, spread: np.ndarray, n: int, minimum: int = MINIMUM) -> np.ndarray:
    """Say how many clips of each stratum are drawn.

    Neyman's allocation (Cochran 1977, Sampling techniques, section 5.5), in proportion to the size
    of a stratum times the deviation in it, with no fewer than `minimum` and no more than there are.

    Parameters
    ----------
    sizes : np.ndarray [shape=(strata,), dtype=int]
    spread : np.ndarray [shape=(strata,)]
        Deviation within each, in any unit.
    n
        Clips to draw in all; where the minima alone are more, these are drawn.

    Returns
    -------
    np.ndarray [shape=(strata,), dtype=int]

    Examples
    --------
    >>> allocate(np.array([1000, 100, 5]), np.array([0.1, 0.5, 0.5]), 60)
    array([37, 18,  5])
    """
    least, weight = np.minimum(sizes, minimum), sizes * spread
    n = int(np.clip(n, least.sum(), sizes.sum()))
    if not weight.any():
        weight = sizes.astype(float)
    low, high = 0.0, float(sizes.max() / weight[weight > 0].min())
    for _ in range(60):
        factor = (low + high) / 2
        low, high = (
            (factor, high) if np.clip(factor * weight, least, sizes).sum() < n else (low, factor)
        )
    share = np.clip(high * weight, least, sizes)
    drawn = np.maximum(least, np.floor(share + 1e-6).astype(int))
    # What is left of rounding goes to the largest rests, in turn.
    for at in np.argsort(drawn - share, kind="stable").tolist() * int(sizes.max() + 1):
        if drawn.sum() >= n:
            break
        drawn[at] += drawn[at] < sizes[at]
    return drawn


def draw_sample(
    probabilities: np.ndarray, species: Sequence[str], n: int, seed: int, minimum: int = MINIMUM
) -> Sample:
    """Draw a stratified random sample of clips that do not overlap.

    What is drawn makes the sum over species of the relative variances of their counts smallest, as
    far as the probabilities are right: the deviation of a stratum is the root of the sum over
    species of p (1 - p) / T^2, p being the mean probability there and T the expected count (a
    compromise between several variables; Cochran 1977, section 5A.3). Where they are wrong, the
    sample serves less well, and what follows from it holds all the same.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(clips, species)]
        Of a call, as good as they are known.
    species
        Codes.
    n
        Clips to draw.
    seed, minimum
        Of the draw, and clips of a stratum at least.

    Raises
    ------
    UserError
        When there are no clips.
    """
    if not len(probabilities):
        raise UserError(
            "No clip of the new recordings is there to be drawn; see results/detections/"
            "recordings.csv for why recordings are left out."
        )
    chances = np.clip(np.nan_to_num(probabilities), 1e-6, 1 - 1e-6)
    names, stratum = lay_strata(chances, species, max(3, n // PER_STRATUM))
    sizes = np.bincount(stratum, minlength=len(names))
    means = np.stack(
        [np.bincount(stratum, of, minlength=len(names)) / sizes for of in chances.T], axis=1
    )
    spread = np.sqrt((means * (1 - means) / chances.sum(axis=0) ** 2).sum(axis=1))
    drawn = allocate(sizes, spread, n, minimum)
    rng = np.random.default_rng(seed)
    parts = [
        rng.choice(np.flatnonzero(stratum == at), k, replace=False) for at, k in enumerate(drawn)
    ]
    return Sample(names, stratum, sizes, drawn, interleave(parts, rng))


def interleave(parts: Sequence[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Put random samples into one order, of which every beginning has its share of each.

    Parameters
    ----------
    parts
        Each in a random order, which stays.
    rng
        Draws where each begins.
    """
    keys = [(np.arange(len(part)) + rng.random()) / max(len(part), 1) for part in parts]
    order = np.argsort(np.concatenate([*keys, np.empty(0)]), kind="stable")
    return np.concatenate([*parts, np.empty(0, int)])[order].astype(int)
