"""What a species is confused with is told where its false alarms say so, and else nothing."""

import numpy as np
import pytest

from anurans.scores.confusions import Alarms, find_confusion
from anurans.scores.curves import Scored

SPECIES = ["A", "B", "C"]


def part(*clips):
    """Clips as many times the calls, and what is said: (times, "B", "AB")."""
    rows = [(calls, said) for times, calls, said in clips for _ in range(times)]
    labels = np.array([[name in calls for name in SPECIES] for calls, _ in rows])
    predicted = np.array([[name in said for name in SPECIES] for _, said in rows])
    names = np.array([f"R{at}" for at in range(len(rows))], dtype=object)
    return Scored(names, names, labels, predicted, predicted * 1.0, np.ones(labels.shape, bool))


def test_most_false_alarms_in_clips_of_one_species_are_a_confusion():
    # 8 of 10 false alarms of A are where B calls, which it does in 8 of 30 clips without A.
    of = part((8, "B", "AB"), (2, "", "A"), (20, "", ""), (5, "A", "A"))
    assert find_confusion(of, SPECIES, 0) == Alarms(10, "B", 8)
    assert find_confusion(of, SPECIES, 1) == Alarms(0)


def test_a_chorus_confuses_nothing():
    """B calls nearly always, and so where A is wrongly heard."""
    of = part((8, "B", "AB"), (2, "", "A"), (18, "B", "B"), (2, "", ""))
    assert find_confusion(of, SPECIES, 0) == Alarms(10)


@pytest.mark.parametrize("times, told", [(4, Alarms(4)), (5, Alarms(5, "C", 5))])
def test_of_few_false_alarms_nothing_is_said(times, told):
    assert find_confusion(part((times, "C", "A"), (90, "", "")), SPECIES, 0) == told


def test_clips_whose_label_is_unknown_have_no_false_alarms():
    of = part((8, "B", "AB"), (30, "", ""))
    of.known[:8, 0] = False
    assert find_confusion(of, SPECIES, 0) == Alarms(0)
