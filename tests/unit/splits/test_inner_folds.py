"""Folds within what is learnt from: groups stay whole, and folds are alike."""

import numpy as np
import pytest

from anurans.splits.inner_folds import choose_groups, deal_folds


def names(*counts):
    return np.array([f"{chr(97 + at)}" for at, n in enumerate(counts) for _ in range(n)], object)


def units(groups, **others):
    return [("night", groups), *others.items()]


def test_groups_stay_whole_and_folds_are_alike():
    groups = names(*[10] * 10)
    labels = np.zeros((100, 2), dtype=bool)
    labels[::2, 0] = True
    inner = deal_folds(labels, units(groups), 5)
    assert (inner.count, inner.unit) == (5, "night")
    for group in "abcdefghij":
        assert len(set(inner.fold[groups == group])) == 1
    for fold in range(1, 6):
        assert (inner.fold == fold).sum() == 20 and labels[inner.fold == fold, 0].sum() == 10


def test_positives_of_a_rare_species_are_spread():
    groups = names(*[5] * 12)
    labels = np.zeros((60, 2), dtype=bool)
    labels[[0, 5, 10], 1] = True  # one positive in each of three neighbouring groups
    labels[:, 0] = np.arange(60) % 3 == 0
    inner = deal_folds(labels, units(groups), 3)
    assert sorted(inner.fold[labels[:, 1]]) == [1, 2, 3]


def test_there_are_no_more_folds_than_groups():
    labels = np.ones((12, 1), dtype=bool)
    assert deal_folds(labels, units(names(4, 4, 4)), 5).count == 3
    alone = deal_folds(labels, [("night", names(12)), ("recording", names(12))], 5)
    assert alone.count == 0 and not alone.fold.any()


@pytest.mark.parametrize(
    ("night", "recording", "unit"),
    [
        (names(4, 4, 4), names(*[2] * 6), "night"),
        (names(6, 6), names(*[2] * 6), "recording"),
        (names(6, 6), names(12), "recording"),  # none has three: the last
        (np.array([""] * 12, object), names(6, 6), "recording"),
        (names(6, 6), names(6, 6), "recording"),
    ],
)
def test_smaller_groups_where_there_are_too_few(night, recording, unit):
    found, groups = choose_groups([("night", night), ("recording", recording)])
    assert found == unit and groups is {"night": night, "recording": recording}[unit]


def test_folds_do_not_depend_on_the_order_of_clips():
    rng = np.random.default_rng(0)
    groups = names(*rng.integers(1, 9, 15))
    labels = rng.random((len(groups), 2)) < 0.2
    order = rng.permutation(len(groups))
    one = deal_folds(labels, units(groups), 4).fold
    other = deal_folds(labels[order], units(groups[order]), 4).fold
    assert np.array_equal(one[order], other)
