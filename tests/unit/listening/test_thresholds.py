"""Thresholds of a detector, and what they call of clips that were held out."""

import pytest

from anurans.listening.thresholds import called, checked_rows, precise_rows, tuned_rows
from anurans.scores.curves import read_scored

CLIPS = (("a", "1", "0.9"), ("b", "1", "0.3"), ("c", "0", "0.2"))


def held_out(clips=CLIPS):
    rows = [
        {"role": "held_out", "used": "1", "recording": name, "group": name}
        | {"label_A": label, "score_A": score, "predicted_A": str(int(score == "0.9"))}
        | {"label_B": "0", "score_B": score, "predicted_B": "0"}
        for name, label, score in clips
    ]
    return read_scored(rows, ["A", "B"], "held_out")


def test_the_one_threshold_of_a_refit_is_tuned_on_what_folds_left_out():
    tables = [
        [
            {"species": name, "threshold": "0.7", "source": "tuned", "positives": "2"}
            for name in "AB"
        ]
    ]
    of_folds = tuned_rows(["1"], tables, held_out(), ["A", "B"])
    assert [(row["fold"], row["threshold"]) for row in of_folds] == [("1", "0.7")] * 2
    found = tuned_rows(["refit"], tables, held_out(), ["A", "B"])
    assert [row["fold"] for row in found] == ["refit"] * 2
    assert float(found[0]["threshold"]) == pytest.approx(0.25) and found[0]["source"] == "tuned"
    assert float(found[1]["threshold"]) == 0.5 and found[1]["source"] == "default"


def test_what_people_checked_stands_in_place_of_what_was_tuned():
    tuned = [
        {"species": name, "fold": fold, "threshold": "0.7", "source": "tuned"}
        for name in "AB"
        for fold in "12"
    ]
    rows = checked_rows({"B": {"threshold": "0.4", "queue": "check-2"}}, tuned)
    assert [row["threshold"] for row in rows] == ["0.7", "0.7", "0.4", "0.4"]
    assert [row["source"] for row in rows] == ["tuned"] * 2 + ["checked, check-2"] * 2
    assert [row["fold"] for row in rows] == ["1", "2"] * 2
    assert tuned[2]["threshold"] == "0.7"


def test_a_precision_that_is_never_reached_calls_nothing_and_is_told():
    clips = [(str(n), str(int(n > 29)), f"{n / 40}") for n in range(40)]
    rows, told = precise_rows(held_out(clips), ["A", "B"], ["1", "2"], 0.95)
    of_a, of_b = rows[:2], rows[2:]
    assert {row["source"] for row in of_a} == {"precision 0.95"}
    assert 0.6 < float(of_a[0]["threshold"]) <= 0.75
    assert {row["source"] for row in of_b} == {"unreachable"}
    assert told[0].startswith("A: threshold") and told[1].startswith("warning: B never has")
    scored = held_out(clips)
    assert called(scored.about(0), "A", rows).sum() == 10
    assert not called(scored.about(1), "B", rows).any()


def test_each_fold_calls_by_its_own_threshold_and_a_refit_by_one_of_other_groups():
    scored = held_out()
    tuned = [{"species": "A", "fold": "1", "threshold": "0.1", "source": "tuned"}]
    # As the fold's own run predicted it, not by the threshold that stands here.
    assert called(scored.about(0), "A", tuned).tolist() == [True, False, False]
    scored = held_out([("a", "1", "0.9"), ("b", "1", "0.3"), ("c", "0", "0.28"), ("d", "0", "0.1")])
    of_all = [tuned[0] | {"fold": "refit", "threshold": "0.29"}]
    # Of the others alone the threshold lies above b's score, and below c's.
    assert called(scored.about(0), "A", of_all).tolist() == [True, False, True, False]
