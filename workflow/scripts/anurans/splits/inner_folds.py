"""Folds within what a run learns from, which penalties and thresholds are chosen on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anurans.splits.splits import place

# Fewest groups that folds are made of; below, smaller groups are taken.
FEWEST = 3
# Inner fold of clips that nothing was fitted to.
NO_FOLD = "0"


@dataclass(frozen=True, slots=True)
class InnerFolds:
    """The inner fold of each clip.

    Attributes
    ----------
    fold : np.ndarray [shape=(n,), dtype=int]
        From 1; 0 for every clip where there are no two groups to make folds of.
    group : np.ndarray [shape=(n,), dtype=object]
        What was kept together.
    unit
        What the groups are: that of the split, `night` or `recording`.
    """

    fold: np.ndarray
    group: np.ndarray
    unit: str

    @property
    def count(self) -> int:
        """Number of folds."""
        return int(self.fold.max(initial=0))


def choose_groups(units: Sequence[tuple[str, np.ndarray]]) -> tuple[str, np.ndarray]:
    """Choose what inner folds keep together: the first unit that has three groups or more.

    Parameters
    ----------
    units
        Pairs of a name and the group of each clip, largest groups first: those of the split,
        nights, recordings. A unit in which a clip has no group (an empty name) is passed over.

    Returns
    -------
    unit : str
    groups : np.ndarray [shape=(n,), dtype=object]
        Of the last unit where none has three.
    """
    known = [(unit, groups) for unit, groups in units if all(groups)]
    for unit, groups in known:
        if len(set(groups.tolist())) >= FEWEST:
            return unit, groups
    return known[-1]


def deal_folds(
    labels: np.ndarray, units: Sequence[tuple[str, np.ndarray]], most: int
) -> InnerFolds:
    """Deal groups of clips to folds that are alike in clips and positives of each species.

    Groups are dealt one after the other, those first that hold the largest share of anything; each
    goes to the fold that leaves the shares of all folds most even, as scikit-learn's
    `StratifiedGroupKFold` does, here for several labels of a clip. A hash of their names decides
    between groups that are alike.

    Parameters
    ----------
    labels : np.ndarray [shape=(n, species), dtype=bool]
    units
        As `choose_groups` takes them.
    most
        Most folds; there are never more than groups.
    """
    unit, groups = choose_groups(units)
    names, of = np.unique(groups.astype(str), return_inverse=True)
    folds = min(most, len(names))
    if folds < 2:
        return InnerFolds(np.zeros(len(groups), int), groups, unit)
    counted = np.column_stack([labels, np.ones(len(labels))]).astype(float)
    amounts = np.zeros((len(names), counted.shape[1]))
    np.add.at(amounts, of, counted)
    shares = amounts / np.maximum(amounts.sum(axis=0), 1)
    # Positives of a rare species first: the largest share of anything that a group holds.
    order = sorted(
        range(len(names)), key=lambda row: (-shares[row].max(), place("inner", str(names[row])))
    )
    held, dealt = np.zeros((folds, shares.shape[1])), np.zeros(len(names), int)
    for row in order:
        uneven = []
        for fold in range(folds):
            held[fold] += shares[row]
            uneven.append((round(float(held.std(axis=0).mean()), 9), float(held[fold].sum())))
            held[fold] -= shares[row]
        best = min(range(folds), key=lambda fold: (*uneven[fold], fold))
        held[best] += shares[row]
        dealt[row] = best + 1
    return InnerFolds(dealt[of], groups, unit)
