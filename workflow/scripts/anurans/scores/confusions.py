"""False alarms of one species where another one calls."""

from collections.abc import Sequence
from dataclasses import dataclass

from anurans.scores.curves import Scored

# Of fewer false alarms nothing is said.
FEWEST_ALARMS = 5
# Share of the false alarms that are in clips of the other species, and by how much that exceeds
# its share of all clips without the species: in a chorus any two call together.
LEAST_SHARE, LEAST_LIFT = 0.5, 1.5


@dataclass(frozen=True, slots=True)
class Alarms:
    """False alarms of a species.

    Attributes
    ----------
    n
        Clips that are called positive, and hold no call of it.
    confused_with
        Species in whose clips most of them are, far more than chance would put there; empty where
        there is none.
    with_it
        How many are in clips with its calls.
    """

    n: int
    confused_with: str = ""
    with_it: int = 0


def find_confusion(part: Scored, species: Sequence[str], column: int) -> Alarms:
    """Count the false alarms of a species, and tell what it is confused with.

    Parameters
    ----------
    part
        Clips that are scored, of all folds.
    species
        Names, in the order of the columns.
    column
        The species that is asked about.

    Examples
    --------
    Six clips without A are called A; in five of them B calls, as in five of ten such clips.

    >>> import numpy as np
    >>> calls = np.array([[0, 1]] * 5 + [[0, 0]] * 5, bool)
    >>> said = np.array([[1, 0]] * 6 + [[0, 0]] * 4, bool)
    >>> known, names = np.ones((10, 2), bool), np.full(10, "R")
    >>> find_confusion(Scored(names, names, calls, said, calls * 1.0, known), ["A", "B"], 0)
    Alarms(n=6, confused_with='B', with_it=5)
    """
    absent = part.known[:, column] & ~part.labels[:, column]
    false = absent & part.predicted[:, column]
    n, found = int(false.sum()), Alarms(int(false.sum()))
    if n < FEWEST_ALARMS:
        return found
    for other, name in enumerate(species):
        if other == column:
            continue
        calls = part.labels[:, other]
        with_it, by_chance = int((false & calls).sum()), calls[absent].mean()
        share = with_it / n
        if share >= LEAST_SHARE and share >= LEAST_LIFT * by_chance and with_it > found.with_it:
            found = Alarms(n, name, with_it)
    return found
