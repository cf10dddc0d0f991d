"""The study's tables on known answers."""

from statistics import median, stdev

import numpy as np
import pytest

from anurans.scores.study_tables import (
    PUBLISHED_TABLE1,
    PUBLISHED_TABLE2,
    TABLE1,
    TABLE2,
    TABLE2_ALL,
    largest,
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
    row = {
        "split": "plain",
        "leaks": "no",
        "backbone": "net",
        "dataset": "original",
        "recipe": "r",
        "fold": "all",
    }
    row |= {f"{m}_{s}": v for m in METRICS for s, v in zip(SPECIES, f1, strict=True)}
    values = [float(value) for value in f1 if value]
    macro = f"{np.mean(values):.6f}" if values else ""
    row |= {name: macro for name in ("f1_macro", "f1_micro", "map", "f1_at_half_macro")}
    row |= {"f1_macro_lower": "0.1", "f1_macro_upper": "0.9", "epochs": "12", "best_epoch": "7"}
    return row | {"subset": subset} | about


def recipe(rate=0.001, l1=0, l2=0.0, layers=()):
    about = {"solver": "adam", "batch_size": 32, "layers": list(layers)}
    return about | {"learning_rate": rate, "l1": l1, "l2": l2}


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


def test_the_studys_own_protocol_chooses_on_test_and_is_marked():
    rows = [
        scored("test", (f1, f1), recipe=name, leaks="by design")
        for name, f1 in (("a", "0.4"), ("b", "0.6"))
    ]
    (row,) = table1(rows, {"a": recipe(), "b": recipe()}, NETS, BY)
    assert (row["recipe"], row["chosen_on"], row["leaks"]) == ("b", "test", "by design")
    assert (row["f1_test"], row["f1_validation"], row["epochs"]) == (0.6, None, 12)
    every = table2_all(rows, SPECIES, "original", BY)
    assert {row["leaks"] for row in every} == {"by design"}
    assert {row["recipe"] for row in every} == {"all heads", "b"}


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
    assert regularisation({"solver": "logistic"}) == "L2, chosen"
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
