"""The study's tables on known answers."""

from statistics import median, stdev

import numpy as np
import pytest
from scipy.stats import spearmanr

from anurans.comparison import Decisions
from anurans.study import (
    PUBLISHED_TABLE1,
    PUBLISHED_TABLE2,
    TABLE1,
    TABLE2,
    TABLE2_ALL,
    StudyRun,
    agrees,
    contrast,
    largest,
    models_of,
    rank_correlation,
    regularisation,
    table1,
    table2,
    table2_all,
)

SPECIES = ["A", "B"]
BY = {"plain": "night", "folds": "night"}
NETS = {"net": "MobileNet", "own": "ResNet50"}
METRICS = ("f1", "precision", "recall", "ap", "auroc", "f1_at_half")


def scored(subset, f1, **about):
    """A row of metrics.tsv, as text, every metric of which is `f1`; one value for each species."""
    row = {"split": "plain", "backbone": "net", "dataset": "original", "recipe": "r", "fold": "all"}
    row |= {f"{m}_{s}": v for m in METRICS for s, v in zip(SPECIES, f1, strict=True)}
    values = [float(value) for value in f1 if value]
    macro = f"{np.mean(values):.6f}" if values else ""
    row |= {name: macro for name in ("f1_macro", "f1_micro", "map", "f1_at_half_macro")}
    row |= {"f1_macro_lower": "0.1", "f1_macro_upper": "0.9", "epochs": "12", "best_epoch": "7"}
    return row | {"subset": subset} | about


def recipe(rate=0.001, l1=0, l2=0.0, layers=()):
    return {"learning_rate": rate, "l1": l1, "l2": l2, "batch_size": 32, "layers": list(layers)}


def test_the_best_is_chosen_on_validation_though_another_tests_better():
    rows = [
        scored("validation", ("0.5", "0.7"), recipe="lucky"),
        scored("test", ("0.9", "0.9"), recipe="lucky"),
        scored("validation", ("0.6", "0.8"), recipe="good"),
        scored("test", ("0.3", "0.5"), recipe="good"),
    ]
    recipes = {"lucky": recipe(), "good": recipe(1e-5, l2=0.01)}
    (row,) = table1(rows, recipes, NETS, BY)
    assert (row["recipe"], row["n_recipes"]) == ("good", 2)
    assert (row["f1_validation"], row["f1_test"]) == (pytest.approx(0.7), pytest.approx(0.4))
    assert (row["learning_rate"], row["regularisation"]) == ("1e-05", "L2 0.01")
    assert (row["epochs"], row["best_epoch"], row["by"]) == (12, 7, "night")
    assert (row["published_f1"], row["published_settings"]) == PUBLISHED_TABLE1["MobileNet"]
    assert set(row) == set(TABLE1)


def test_each_backbone_has_its_best_and_equals_go_by_name():
    rows = [
        scored("validation", ("0.5", "0.5"), recipe=name, backbone=net)
        for net in NETS
        for name in ("b", "a")
    ]
    found = table1(rows, {"a": recipe(), "b": recipe()}, NETS, BY)
    assert [(row["backbone"], row["recipe"]) for row in found] == [("net", "a"), ("own", "a")]
    assert found[0]["f1_test"] is None


def test_a_model_without_validation_positives_is_not_chosen():
    rows = [
        scored("validation", ("", ""), recipe="a"),
        scored("validation", ("0.1", ""), recipe="b"),
    ]
    assert table1(rows, {"a": recipe(), "b": recipe()}, NETS, BY)[0]["recipe"] == "b"


def test_of_folds_the_mean_is_told_without_an_interval():
    rows = [
        scored(part, (f1, f1), fold=fold, split="folds", epochs=epochs)
        for fold, f1, epochs in (("1", "0.2", "10"), ("2", "0.4", "13"))
        for part in ("validation", "test")
    ]
    (row,) = table1(rows, {"r": recipe()}, NETS, BY)
    assert (row["f1_test"], row["epochs"]) == (pytest.approx(0.3), 11.5)
    assert row["f1_test_lower"] is None


def test_regularisation_is_named():
    assert regularisation(recipe()) == "none"
    assert regularisation(recipe(l1=0.01)) == "L1 0.01"
    assert regularisation(recipe(l1=0.1, l2=1e-4)) == "L1 0.1 + L2 0.0001"


def test_the_combined_dataset_is_that_of_most_techniques():
    assert largest({"a": ["original"], "c": ["original", "x", "y"], "b": ["original", "x"]}) == "c"


STAGE3 = [
    scored(subset, f1, recipe=head, fold=fold, split="folds", dataset="all")
    for subset, head, fold, f1 in (
        ("held_out", "one", "1", ("0.2", "0.4")),
        ("held_out", "one", "2", ("0.6", "")),
        ("held_out", "two", "1", ("0.5", "0.9")),
        ("held_out", "two", "2", ("0.1", "0.3")),
        ("test", "one", "1", ("1.0", "1.0")),
        ("validation", "one", "1", ("0.7", "0.7")),
        ("validation", "two", "1", ("0.8", "0.8")),
    )
] + [
    scored("test", ("0.7", "0.8"), recipe="two", dataset="all"),
    scored("validation", ("1.0", "1.0"), recipe="two", dataset="all"),
    scored("held_out", ("0.0", "0.0"), fold="1", split="folds", dataset="single"),
]
HELD_OUT = [0.2, 0.4, 0.6, 0.5, 0.9, 0.1, 0.3]


def test_table_2_is_over_heads_folds_and_species_of_held_out_parts():
    (row,) = table2(STAGE3, SPECIES, "all", NETS, BY)
    assert set(row) == set(TABLE2)
    assert (row["split"], row["n"], row["n_undefined"]) == ("folds", 7, 1)
    assert row["f1_median"] == median(HELD_OUT) == 0.4
    assert row["f1_deviation"] == pytest.approx(stdev(HELD_OUT))
    assert (row["published_median"], row["published_deviation"]) == PUBLISHED_TABLE2["MobileNet"]


def test_its_second_form_has_plain_and_cross_validated_together():
    rows = table2_all(STAGE3, SPECIES, "all", BY)
    found = {(row["recipe"], row["metric"]): row for row in rows}
    values = [*HELD_OUT, 0.7, 0.8]
    every = found["all heads", "recall"]
    assert set(every) == set(TABLE2_ALL)
    assert (every["n"], every["n_undefined"]) == (9, 1)
    assert every["mean"] == pytest.approx(np.mean(values))
    assert every["deviation"] == pytest.approx(stdev(values))
    assert every["splits"] == "folds (by night), plain (by night)"
    assert every["published_mean"] is None
    best = found["two", "f1_macro"]
    assert best["mean"] == pytest.approx(np.mean([0.7, 0.2, 0.75]))
    assert (best["published_mean"], best["published_deviation"]) == (0.81, "<= 0.039")
    assert {recipe for recipe, _ in found} == {"all heads", "two"}


def decisions(labels, predicted, groups):
    of = np.array(groups, dtype=object)
    return Decisions(of, of, np.array(labels, bool), np.array(predicted, bool))


LABELS = [[1, 0], [0, 1], [1, 1], [1, 1]]
NIGHTS = ["N1", "N1", "N2", "N2"]
RIGHT = decisions(LABELS, LABELS, NIGHTS)
# Of A two hits of three, of B one of three: F1 0.8 and 0.5.
WORSE = decisions(LABELS, [[1, 0], [0, 0], [1, 1], [0, 0]], NIGHTS)


def run(part, role="test", split="plain", dataset="original", **about):
    about = {"stages": ("stage2",), "backbone": "net", "recipe": "one"} | about
    return StudyRun(
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
    assert 0 <= found["lower"] <= found["difference"] <= found["upper"]
    assert contrast(pairs, 500, seed=1) == found


def test_the_same_groups_are_drawn_for_both_sides():
    pairs = [[([run(WORSE)], "test", 1), ([run(WORSE)], "test", -1)]]
    found = contrast(pairs, 200, seed=1)
    assert (found["difference"], found["lower"], found["upper"]) == (0, 0, 0)


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
        StudyRun(
            ("stage3",), "folds", "net", "all", "one", 3, 10, {"test": RIGHT, "held_out": RIGHT}
        )
        for _ in range(2)
    ]
    models = models_of([*folds, run(RIGHT), run(RIGHT, stages=("stage1",))], "stage2", "stage3")
    assert [(m.split, m.part, len(m.folds)) for m in models] == [
        ("folds", "held_out", 2),
        ("plain", "test", 1),
    ]


@pytest.mark.parametrize("x, y", [([1, 2, 3, 4], [1, 3, 2, 4]), ([1, 1, 2, 5], [4, 3, 3, 1])])
def test_rank_correlation_is_spearmans(x, y):
    assert rank_correlation(x, y) == pytest.approx(spearmanr(x, y).statistic)


def test_rank_correlation_of_a_constant_is_undefined():
    assert rank_correlation([1, 1], [2, 3]) is None
    assert rank_correlation([], []) is None


@pytest.mark.parametrize(
    ("interval", "answer"),
    [((0.1, 0.2), "yes"), ((-0.2, -0.1), "no"), ((-0.1, 0.1), "undecided"), ((None, None), "")],
)
def test_a_claim_agrees_where_the_interval_is_above_zero(interval, answer):
    assert agrees(*interval) == answer
