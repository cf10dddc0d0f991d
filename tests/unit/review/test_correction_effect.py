"""What corrections did to F1, held to scores by hand."""

import pytest

from anurans.recordings.names import clip_id
from anurans.review.correction_effect import (
    EFFECT,
    GONE,
    MEAN,
    MOVED,
    NOTHING,
    frame_columns,
    frame_rows,
    tabulate_effect,
)

NIGHTS = 6


def predictions(labels, called):
    """Held-out rows of six recordings of as many clips; letters: 1, 0, or ? of nobody knows."""
    per = len(labels) // NIGHTS
    for at, (label, decision) in enumerate(zip(labels, called, strict=True)):
        recording = f"R{at // per}"
        yield {
            **{"clip": clip_id(recording, 5.0 * (at % per)), "recording": recording},
            **{"group": f"night {at // per}", "label_A": label.replace("?", "")},
            **{"score_A": "0.5", "predicted_A": decision},
        }


def effect(before, after, *asked):
    """Rows by what they are judged on."""
    frame = list(frame_rows("doubt-1", "night/net/d/r", predictions(*before), ["A"]))
    now = list(frame_rows("", "night/net/d/r", predictions(*after), ["A"])) if after else []
    assert not frame or set(frame[0]) == set(frame_columns(["A"]))
    questions = [
        {"recording": recording, "species": "A", "start": str(start), "end": str(start + 5)}
        for recording, start in asked
    ]
    rows = tabulate_effect(frame, questions, now, ["A"], 200, 1)
    assert all(set(row) <= set(EFFECT) for row in rows)
    return {(row["judged_on"], row["species"]): row for row in rows}


# Of each night: a call that is found, one that is missed, a false alarm, a clip without.
LABELS, BEFORE, AFTER = "1100" * NIGHTS, "1010" * NIGHTS, "1100" * NIGHTS


def test_f1_is_compared_on_labels_that_nobody_doubted():
    # The first night's false alarm was a call that nobody had annotated.
    corrected = "1110" + LABELS[4:]
    rows = effect((LABELS, BEFORE), (corrected, AFTER), ("R0", 10))
    fair, all_of_them = rows["untouched", "A"], rows["corrected", "A"]
    # Without it: 6 hits of 12 calls and 11 called; then all.
    assert fair["f1_before"] == pytest.approx(2 * 6 / (12 + 11))
    assert fair["f1_after"] == 1 and fair["clips"] == 23 and fair["labels_changed"] == 1
    assert fair["lower"] < fair["difference"] <= fair["upper"] and fair["note"] == ""
    assert all_of_them["f1_before"] == pytest.approx(2 * 6 / (12 + 12))
    assert all_of_them["f1_after"] == pytest.approx(2 * 12 / (13 + 12))
    assert all_of_them["note"] == MOVED and all_of_them["clips"] == 24
    assert rows["untouched", MEAN]["difference"] == pytest.approx(fair["difference"])


def test_what_was_asked_about_is_judged_no_more_whatever_came_of_it():
    rows = effect((LABELS, BEFORE), ("0" + LABELS[1:], BEFORE), ("R0", 0), ("R1", 7))
    # One clip of the first night, and the two that a question from 7 to 12 s shares time with.
    assert rows["untouched", "A"]["clips"] == 21
    assert rows["untouched", "A"]["difference"] == 0


def test_a_label_that_nobody_knows_judges_nothing():
    rows = effect((LABELS, BEFORE), ("?" + LABELS[1:5] + "0" + LABELS[6:], BEFORE))
    assert rows["corrected", "A"]["clips"] == 23
    assert rows["corrected", "A"]["labels_changed"] == 1


def test_it_is_said_where_nothing_was_taken_over_or_the_model_is_gone():
    rows = effect((LABELS, BEFORE), (LABELS, BEFORE), ("R0", 10))
    assert rows["untouched", "A"]["note"] == NOTHING and rows["untouched", "A"]["difference"] == 0
    rows = effect((LABELS, BEFORE), None)
    assert rows["untouched", MEAN]["note"] == GONE and len(rows) == 1


def test_a_species_without_calls_has_no_f1():
    rows = effect(("0000" * NIGHTS, BEFORE), ("0000" * NIGHTS, AFTER))
    assert "f1_before" not in rows["untouched", "A"]
    assert "difference" not in rows["untouched", MEAN]
