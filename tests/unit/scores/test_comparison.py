"""Models over their folds: pooled where each clip is judged once, else the mean."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from anurans.scores.comparison import Decisions, read_decisions, score_model, score_optimism

SPECIES = ["A", "B"]

HOW = "held_out", 200, 1


def fold(n=60, groups=6, seed=1, right=0.8, first=0):
    rng = np.random.default_rng(seed)
    labels = rng.random((n, 2)) < 0.4
    predicted = np.where(rng.random((n, 2)) < right, labels, ~labels)
    of = np.array([f"G{first + i * groups // n}" for i in range(n)], dtype=object)
    return Decisions(of, of, labels, predicted)


def test_clips_whose_label_nobody_knows_are_neither_found_nor_false():
    row = {"recording": "R", "group": "N", "role": "test", "used": "1"}
    row |= {"score_A": "0.9", "predicted_A": "1", "label_A": ""}
    row |= {"score_B": "0.9", "predicted_B": "1", "label_B": "1"}
    found = read_decisions([row], SPECIES)["test"]
    assert found.predicted.tolist() == found.labels.tolist() == [[False, True]]


def f1(decisions):
    return [f1_score(decisions.labels[:, c], decisions.predicted[:, c]) for c in range(2)]


def pooled(*folds):
    return Decisions(
        *(np.concatenate([getattr(each, name) for each in folds]) for name in Decisions.__slots__)
    )


def test_held_out_parts_are_pooled():
    folds = [fold(seed=1), fold(seed=2, first=6, right=0.6)]
    found = score_model(folds, "held_out", SPECIES, 200, 1)
    expected = f1(pooled(*folds))
    assert [found["f1_A"], found["f1_B"]] == pytest.approx(expected)
    assert found["f1_macro"] == pytest.approx(np.mean(expected))
    assert (found["folds"], found["n_clips"], found["n_groups"]) == (2, 120, 12)
    assert found["f1_macro_lower"] < found["f1_macro"] < found["f1_macro_upper"]


def test_on_the_test_part_it_is_the_mean_of_the_folds_models():
    one = fold()
    other = Decisions(one.recordings, one.groups, one.labels, fold(right=0.55).predicted)
    found = score_model([one, other], "test", SPECIES, 200, 1)
    assert [found["f1_A"], found["f1_B"]] == pytest.approx(np.mean([f1(one), f1(other)], axis=0))
    assert (found["n_clips"], found["n_groups"]) == (60, 6)


def test_one_group_has_no_interval():
    found = score_model([fold(groups=1)], "test", SPECIES, 100, 1)
    assert found["f1_macro_lower"] is found["f1_macro_upper"] is None
    assert found["f1_macro"] > 0


def test_a_species_without_positives_is_undefined_and_left_out_of_the_mean():
    part = fold()
    part.labels[:, 1] = False
    found = score_model([part], "test", SPECIES, 100, 1)
    assert np.isnan(found["f1_B"])
    assert found["f1_macro"] == found["f1_A"]


def test_optimism_is_the_paired_difference():
    honest, leaky = fold(n=300, groups=20, right=0.7), fold(n=300, groups=20, right=0.95)
    found = score_optimism([leaky], [honest], "test", 500, 1)
    assert found["difference"] == pytest.approx(np.mean(f1(leaky)) - np.mean(f1(honest)))
    assert 0 < found["lower"] < found["difference"] < found["upper"]
    # The same model twice: drawn alike, the difference is nothing, and surely so.
    same = score_optimism([honest], [honest], "test", 500, 1)
    assert same["difference"] == same["lower"] == same["upper"] == 0
    assert found["n_groups"] == 20


def test_held_out_recordings_count_that_both_splits_judge():
    honest, leaky = fold(n=300, groups=20, right=0.7), fold(n=300, groups=20, right=0.95)
    shared = np.isin(honest.recordings, sorted(set(honest.recordings))[:12])
    of = Decisions(*(each[shared] for each in vars_of(honest)))
    expected = score_optimism([Decisions(*(each[shared] for each in vars_of(leaky)))], [of], *HOW)
    # Those of the other recordings are in a test part of the split.
    assert score_optimism([leaky], [of], *HOW) == expected
    assert expected["n_groups"] < 20


def vars_of(fold):
    return fold.recordings, fold.groups, fold.labels, fold.predicted


def test_groups_of_the_honest_split_are_drawn_for_both():
    leaky, honest = fold(right=0.95, groups=20), fold(right=0.7, groups=20)
    expected = score_optimism([leaky], [honest], "test", 200, 1)
    # As where one split draws nights, and the other what its file of folds says.
    nights = np.array([f"night {name}" for name in leaky.groups], dtype=object)
    other = Decisions(leaky.recordings, nights, leaky.labels, leaky.predicted)
    assert score_optimism([other], [honest], "test", 200, 1) == expected


def test_decisions_of_a_table():
    keys = (
        "recording",
        "group",
        "role",
        "used",
        "score_A",
        "label_A",
        "predicted_A",
        "score_B",
        "label_B",
        "predicted_B",
    )
    rows = [
        ("R1", "N1", "test", "1", "0.1", "1", "0", "0.1", "0", "0"),
        ("R2", "N1", "test", "0", "0.9", "1", "1", "0.9", "1", "1"),
        ("R3", "N2", "held_out", "1", "0.9", "0", "1", "0.9", "1", "1"),
        ("R4", "N2", "train", "1", "0.9", "0", "1", "0.9", "1", "1"),
    ]
    found = read_decisions([dict(zip(keys, row, strict=True)) for row in rows], SPECIES)
    assert set(found) == {"test", "held_out"}
    assert found["test"].groups.tolist() == ["N1"]
    assert found["test"].labels.tolist() == [[True, False]]
    assert found["held_out"].predicted.tolist() == [[True, True]]


def test_a_species_without_a_score_is_as_if_none_had_called():
    row = {"recording": "R1", "group": "N1", "role": "test", "used": "1"}
    row |= {"score_A": "0.9", "label_A": "1", "predicted_A": "1"}
    row |= {"score_B": "", "label_B": "1", "predicted_B": "0"}
    found = read_decisions([row], SPECIES)["test"]
    assert found.labels.tolist() == found.predicted.tolist() == [[True, False]]
