"""Differences of pairs of models on known answers."""

import numpy as np
import pytest

from anurans.scores.comparison import Decisions
from anurans.scores.paired_differences import (
    JudgedRun,
    agrees,
    contrast,
    models_of,
)


def decisions(labels, predicted, groups):
    of = np.array(groups, dtype=object)
    return Decisions(of, of, np.array(labels, bool), np.array(predicted, bool))


LABELS = [[1, 0], [0, 1], [1, 1], [1, 1]]
NIGHTS = ["N1", "N1", "N2", "N2"]
RIGHT = decisions(LABELS, LABELS, NIGHTS)
# Of A two hits of three, of B one of three: F1 0.8 and 0.5.
WORSE = decisions(LABELS, [[1, 0], [0, 0], [1, 1], [0, 0]], NIGHTS)


def run(part, role="test", split="plain", dataset="original", **about):
    about = {"stages": ("stage2",), "leaks": "no", "backbone": "net", "recipe": "one"} | about
    return JudgedRun(
        split=split, dataset=dataset, best_epoch=3, parameters=10, decisions={role: part}, **about
    )


def test_a_contrast_is_the_mean_difference_over_pairs():
    pairs = [
        [([run(RIGHT)], "test", 1), ([run(WORSE)], "test", -1)],
        [([run(RIGHT)], "test", 1), ([run(RIGHT)], "test", -1)],
    ]
    found = contrast(pairs, 500, seed=1)
    assert (found["n_pairs"], found["n_groups"]) == (2, 2)
    assert found["difference"] == pytest.approx((1 - (0.8 + 0.5) / 2) / 2)
    assert found["lower"] < found["difference"] < found["upper"]
    assert contrast(pairs, 500, seed=1) == found


def test_the_same_groups_are_drawn_for_both_sides():
    pairs = [[([run(WORSE)], "test", 1), ([run(WORSE)], "test", -1)]]
    found = contrast(pairs, 200, seed=1)
    assert (found["difference"], found["lower"], found["upper"]) == (0, 0, 0)


def test_a_contrast_with_a_leaky_side_is_marked():
    leaky = run(WORSE, leaks="by design")
    found = contrast([[([run(RIGHT)], "test", 1), ([leaky], "test", -1)]], 10, seed=1)
    assert found["leaks"] == "by design"


def test_held_out_parts_are_pooled_before_f1():
    half = [
        decisions(LABELS[:2], LABELS[:2], NIGHTS[:2]),
        decisions(LABELS[2:], [[1, 1], [0, 0]], NIGHTS[2:]),
    ]
    folds = [run(part, "held_out") for part in half]
    found = contrast([[(folds, "held_out", 1)]], 10, seed=1)
    assert found["difference"] == pytest.approx((4 / 5 + 4 / 5) / 2)


def test_no_pairs_no_difference():
    assert contrast([], 10, 1) == {
        "leaks": "no",
        "n_pairs": 0,
        "n_groups": 0,
        "difference": None,
        "lower": None,
        "upper": None,
    }


def test_one_group_has_no_interval():
    alone = decisions(LABELS, LABELS, ["N1"] * 4)
    found = contrast([[([run(alone)], "test", 1)]], 10, 1)
    assert (found["difference"], found["lower"], found["upper"]) == (1, None, None)


def test_models_are_judged_on_held_out_parts_where_all_have_one():
    folds = [
        JudgedRun(
            ("stage3",),
            "folds",
            "no",
            "net",
            "all",
            "one",
            3,
            10,
            {"test": RIGHT, "held_out": RIGHT},
        )
        for _ in range(2)
    ]
    models = models_of([*folds, run(RIGHT), run(RIGHT, stages=("stage1",))], "stage2", "stage3")
    assert [(m.split, m.part, len(m.folds)) for m in models] == [
        ("folds", "held_out", 2),
        ("plain", "test", 1),
    ]


@pytest.mark.parametrize(
    ("interval", "answer"),
    [((0.1, 0.2), "yes"), ((-0.2, -0.1), "no"), ((-0.1, 0.1), "undecided"), ((None, None), "")],
)
def test_a_claim_agrees_where_the_interval_is_above_zero(interval, answer):
    assert agrees(*interval) == answer
