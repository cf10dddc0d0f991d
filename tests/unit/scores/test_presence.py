"""Whole recordings, counted by hand."""

import pytest

from anurans.scores.presence import PRESENCE, hear, judge_presence
from anurans.splits.splits import HELD_OUT, TEST


def clip(recording, label, score, role=TEST, used=1):
    row = {"recording": recording, "role": role, "used": str(used), "label_A": str(int(label))}
    return row | {"score_A": score, "predicted_A": str(int(bool(score) and float(score) >= 0.5))}


CLIPS = {"a": 2, "b": 2, "c": 2, "d": 2, "e": 2}
ROWS = [
    *(clip("a", 0, "0.2"), clip("a", 1, "0.9")),
    *(clip("b", 0, "0.6"), clip("b", 0, "0.1")),
    clip("c", 1, "0.3"),  # of the other clip nobody knows anything: a call is a call
    clip("d", 0, "0.7"),  # and no call is none
    *(clip("e", 0, "0.8"), clip("e", 1, "0.8", role="train")),
]


def test_a_recording_is_known_by_one_call_or_by_all_clips():
    found = hear(ROWS, TEST, "A", CLIPS)
    assert found.present.tolist() == [True, False, True]
    assert found.predicted.tolist() == [True, True, False]
    assert found.score.tolist() == [0.9, 0.6, 0.3]
    row = judge_presence([found], TEST)
    assert set(row) <= set(PRESENCE)
    assert (row["recordings"], row["present"], row["predicted"]) == (3, 2, 2)
    assert (row["precision"], row["recall"], row["f1"]) == (0.5, 0.5, 0.5)
    assert row["average_precision"] == pytest.approx((1 + 2 / 3) / 2)


def test_a_recording_that_is_said_to_have_the_species_is_judged_whatever_its_clips_tell():
    def unknown(recording, score, used=0):
        return clip(recording, False, score, used=used) | {"label_A": ""}

    rows = [
        *(unknown("a", "0.9"), unknown("a", "0.2")),  # present, says somebody
        *(unknown("b", "0.3"), clip("b", 0, "0.1")),  # present in the first clip, then
        *(unknown("c", "0.8", used=1), clip("c", 0, "0.1")),  # nobody knows
        *(clip("d", 0, "0.6"), clip("d", 0, "0.1")),
    ]
    found = hear(rows, TEST, "A", CLIPS, {"a", "b"})
    assert found.present.tolist() == [True, True, False]
    assert found.score.tolist() == [0.9, 0.3, 0.6]
    row = judge_presence([found], TEST)
    assert (row["recordings"], row["present"], row["predicted"]) == (3, 2, 2)
    assert (row["precision"], row["recall"]) == (0.5, 0.5)
    assert row["average_precision"] == pytest.approx((1 + 2 / 3) / 2)


def test_held_out_recordings_are_pooled_and_test_is_a_mean():
    one = hear([clip("a", 1, "0.9"), clip("a", 0, "0.1")], TEST, "A", CLIPS)
    other = hear([clip("b", 0, "0.95"), clip("b", 0, "0.1")], TEST, "A", CLIPS)
    pooled = judge_presence([one, other], HELD_OUT)
    assert (pooled["folds"], pooled["recordings"], pooled["average_precision"]) == (2, 2, 0.5)
    mean = judge_presence([one, other], TEST)
    assert (mean["folds"], mean["recordings"], mean["average_precision"]) == (2, 1, 1.0)


def test_what_is_undefined_is_empty():
    silent = hear([clip("b", 0, "0.1"), clip("b", 0, "0.1")], TEST, "A", CLIPS)
    row = judge_presence([silent], TEST)
    scores = ("average_precision", "f1", "precision", "recall")
    assert [row[name] for name in scores] == [None] * 4
    nothing = hear([clip("a", 1, "", used=1), clip("a", 1, "0.9", used=0)], TEST, "A", CLIPS)
    assert len(nothing.present) == 0
