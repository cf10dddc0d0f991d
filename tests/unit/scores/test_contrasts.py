"""Comparisons: what is paired with what, Holm's correction, and what is concluded."""

import numpy as np
import pytest

from anurans.scores.comparison import Decisions
from anurans.scores.contrasts import COMPARISONS, compare_models
from anurans.scores.paired_differences import JudgedRun

LABELS = np.random.default_rng(1).random((600, 2)) < 0.4
NIGHTS = np.array([f"N{clip // 20:02d}" for clip in range(600)], dtype=object)


def run(backbone, right, dataset="original", recipe="one", part="test", fold=0, split="night"):
    rng = np.random.default_rng([fold, int(right * 100)])
    predicted = np.where(rng.random(LABELS.shape) < right, LABELS, ~LABELS)
    decided = Decisions(NIGHTS, NIGHTS, LABELS, predicted)
    return JudgedRun((), split, "no", backbone, dataset, recipe, 1, 1, {part: decided})


def found(runs, kinds=None):
    rows = compare_models(runs, 200, 1, kinds)
    assert all(set(row) <= set(COMPARISONS) for row in rows)
    return {(row["compared"], row["first"], row["second"], row["within"]): row for row in rows}


def test_a_clear_difference_is_told_and_named():
    row = found([run("bad", 0.6), run("good", 0.9)])["backbone", "bad", "good", "all"]
    assert row["difference"] < row["upper"] < 0
    assert (row["better"], row["n_pairs"], row["n_groups"]) == ("good", 1, 30)
    assert row["p_holm"] == row["p"] < 0.001
    assert 0 < row["detectable"] < -row["difference"]


def test_the_same_model_twice_is_not_told_apart():
    row = found([run("a", 0.8), run("b", 0.8)])["backbone", "a", "b", "all"]
    assert (row["difference"], row["p"], row["better"]) == (0, 1, "not told apart")


def test_each_question_is_asked_over_all_and_within_each():
    runs = [
        run(backbone, right, dataset)
        for backbone, right in (("x", 0.7), ("y", 0.75))
        for dataset in ("more", "original")
    ]
    rows = found(runs)
    assert set(rows) == {
        ("backbone", "x", "y", "all"),
        ("backbone", "x", "y", "dataset more"),
        ("backbone", "x", "y", "dataset original"),
        ("dataset", "more", "original", "all"),
        ("dataset", "more", "original", "backbone x"),
        ("dataset", "more", "original", "backbone y"),
    }
    over_all = rows["backbone", "x", "y", "all"]
    assert (over_all["n_pairs"], over_all["n_comparisons"]) == (2, 1)
    assert rows["backbone", "x", "y", "dataset more"]["n_comparisons"] == 2


def test_holm_multiplies_the_smallest_by_their_number():
    runs = [run("a", 0.80), run("b", 0.84), run("c", 0.70)]
    rows = [row for row in found(runs).values() if row["compared"] == "backbone"]
    p = sorted(row["p"] for row in rows)
    holm = sorted(row["p_holm"] for row in rows)
    known = np.maximum.accumulate(np.array(p) * [3, 2, 1]).clip(max=1)
    assert holm == pytest.approx(known)
    assert all(row["n_comparisons"] == 3 for row in rows)


def test_models_that_differ_in_two_things_are_not_compared():
    assert found([run("x", 0.7, "original"), run("y", 0.9, "more")]) == {}


def test_splits_are_families_of_their_own():
    runs = [run(net, 0.8, split=split) for net in "ab" for split in ("night", "clip")]
    assert [row["n_comparisons"] for row in compare_models(runs, 50, 1)] == [1, 1]


def test_without_a_test_part_the_held_out_parts_are_compared():
    row = found([run("a", 0.6, part="held_out"), run("b", 0.9, part="held_out")])
    assert row["backbone", "a", "b", "all"]["subset"] == "held_out"


def test_a_model_counts_as_the_mean_over_its_folds():
    folds = [run("a", 0.6), run("a", 0.9, fold=1), run("b", 0.9), run("b", 0.6, fold=1)]
    alone = found([run("a", 0.6), run("b", 0.9)])["backbone", "a", "b", "all"]["difference"]
    row = found(folds)["backbone", "a", "b", "all"]
    assert abs(row["difference"]) < 0.1 < abs(alone)


def test_one_night_cannot_tell():
    one = np.full(600, "N", dtype=object)
    runs = [run("a", 0.6), run("b", 0.9)]
    for each in runs:
        part = each.decisions["test"]
        each.decisions["test"] = Decisions(one, one, part.labels, part.predicted)
    row = found(runs)["backbone", "a", "b", "all"]
    assert (row["p"], row["p_holm"], row["better"], row["detectable"]) == (None, None, "", None)


KINDS = {"a": "image", "b": "image", "c": "sound", "d": "sound"}


def test_kinds_of_networks_are_compared_over_all_pairs_of_their_networks():
    rights = {"a": 0.6, "b": 0.65, "c": 0.9, "d": 0.85}
    rows = found([run(name, right) for name, right in rights.items()], KINDS)
    (row,) = (row for row in rows.values() if row["compared"] == "kind")
    assert (row["first"], row["second"], row["within"]) == ("image", "sound", "all")
    assert row["better"] == "sound" and row["difference"] < row["upper"] < 0
    # One question, whose p-value needs no correction; backbones have their own.
    assert row["n_comparisons"] == 1 and row["p_holm"] == row["p"]
    assert len(rows) == 1 + 6 and "kind" not in {key[0] for key in found([run("a", 0.6)], KINDS)}


def test_a_kind_counts_as_the_mean_of_its_networks():
    rights = {"a": 0.6, "b": 0.9, "c": 0.75}
    runs = [run(name, right) for name, right in rights.items()]
    rows = found(runs, KINDS)
    of = {(row["first"], row["second"]): row["difference"] for row in rows.values()}
    assert of["image", "sound"] == pytest.approx((of["a", "c"] + of["b", "c"]) / 2, abs=1e-9)


def test_kinds_are_compared_with_the_same_head_alone():
    rows = found([run("a", 0.6, recipe="one"), run("c", 0.9, recipe="two")], KINDS)
    assert rows == {}


def test_without_kinds_none_are_compared():
    assert {row["compared"] for row in found([run("a", 0.6), run("c", 0.9)]).values()} == {
        "backbone"
    }


def lacking(backbone, right, recipe="own"):
    """A run of a network whose own classes lack the second species: as if none had called."""
    given = run(backbone, right, recipe=recipe)
    part = given.decisions["test"]
    known = np.array([True, False])
    given.decisions["test"] = Decisions(
        part.recordings, part.groups, part.labels & known, part.predicted & known
    )
    return given


def test_a_model_that_lacks_a_species_is_compared_with_none_that_has_it():
    runs = [run("c", 0.9), lacking("c", 0.6), run("a", 0.7), run("a", 0.7, recipe="own")]
    rows = found(runs, KINDS)
    # Network c's own classes stand in no pair: neither with its head nor with those of a.
    assert {key[:3] for key in rows} == {
        ("backbone", "a", "c"),
        ("recipe", "one", "own"),
        ("kind", "image", "sound"),
    }
    assert rows["recipe", "one", "own", "all"]["n_pairs"] == 1
    assert rows["backbone", "a", "c", "all"]["n_pairs"] == 1


def test_models_that_lack_the_same_species_are_compared():
    row = found([lacking("c", 0.9), lacking("d", 0.6)])["backbone", "c", "d", "all"]
    assert row["better"] == "c"
