"""Who judges which recording, and where it stands in the calendar of a split."""

from collections import Counter

import pytest

from anurans.report.split_parts import beside, count_parts, order, part_of, strip, tell_split


def clip(recording, **folds):
    return {"recording": recording} | {f"fold-{name[1:]}": role for name, role in folds.items()}


def test_a_clip_belongs_to_the_fold_that_holds_it_out():
    rows = [
        clip("A", f1="held_out", f2="train"),
        clip("A", f1="train", f2="held_out"),
        clip("B", f1="test", f2="test"),
    ]
    assert count_parts(rows) == {
        "A": Counter({"fold 1": 1, "fold 2": 1}),
        "B": Counter({"test": 1}),
    }


def test_without_folds_a_clip_belongs_to_what_it_is_used_for():
    assert part_of({"clip": "c", "fold-all": "validation"}) == "validation"
    assert part_of({"fold-1": "train", "fold-10": "held_out"}) == "fold 10"


def test_folds_stand_by_number_and_test_last():
    assert sorted(["test", "fold 10", "fold 2"], key=order) == ["fold 2", "fold 10", "test"]


def test_recordings_of_one_time_stand_side_by_side():
    places = beside(
        {"A": ("n1", 9.0), "B": ("n1", 9.0), "C": ("n2", 9.0), "D": ("n3", 9.0)}, ["n1", "n2"]
    )
    assert places["A"] == pytest.approx((-0.2, 9.0, 0.4))
    assert places["B"] == pytest.approx((0.2, 9.0, 0.4))
    assert places["C"] == pytest.approx((1.0, 9.0, 0.8))
    assert "D" not in places


def test_recordings_without_a_date_stand_in_rows():
    assert list(strip(list("ABC"), 2).values()) == [(0, 0, 0.8), (1, 0, 0.8), (0, 1, 0.8)]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"A": {"fold 1": 2}, "B": {"fold 2": 1}}, "each night is in one part only"),
        (
            {"A": {"fold 1": 2}, "C": {"fold 2": 1}},
            "but 1 of 1 nights in several parts",
        ),
        (
            {"A": {"fold 1": 2, "test": 1}, "B": {"test": 1}},
            "1 of 2 recordings have clips in",
        ),
        ({"D": {"test": 1}}, "each recording is in one part only"),
    ],
)
def test_what_a_split_keeps_together_is_told(parts, said):
    night = {"A": "n1", "B": "n2", "C": "n1", "D": ""}
    parts = {name: Counter(of) for name, of in parts.items()}
    assert said in tell_split("s", parts, night)
