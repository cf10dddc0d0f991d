"""Far calls, false events and minutes of listening, counted by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from anurans.common.tables import read_table, write_table
from anurans.scores.comparison import MODEL
from anurans.scores.field_scores import FIELD, false_events, listening, recall_by_grade
from tabulate_field_scores import main

DRAWN = 300, 1


def nights(n, each=1):
    return np.repeat([f"N{at}" for at in range(n)], each).astype(object)


def test_recall_is_that_of_clips_of_each_grade():
    labels = np.array([1, 1, 1, 1, 0, 1], bool)
    predicted = np.array([1, 1, 0, 0, 1, 1], bool)
    grades = np.array(["clear", "clear", "far", "far", "far", ""], dtype=object)
    rows = {row["of"]: row for row in recall_by_grade(labels, predicted, grades, nights(6), *DRAWN)}
    assert {grade: row["value"] for grade, row in rows.items()} == {
        "clear": 1,
        "far": 0,
        "ungraded": 1,
    }
    assert rows["far"]["n"] == 2 and rows["far"]["n_groups"] == 2
    assert rows["far"]["lower"] is None and "2 of 3 groups" in rows["far"]["note"]
    assert set(rows["far"]) <= set(FIELD)


def test_the_interval_of_a_grades_recall_rests_on_the_groups_that_have_such_calls():
    rng = np.random.default_rng(1)
    labels = np.ones(400, bool)
    predicted = rng.random(400) < 0.8
    grades = np.where(np.arange(400) < 50, "far", "clear").astype(object)
    rows = {
        row["of"]: row for row in recall_by_grade(labels, predicted, grades, nights(40, 10), *DRAWN)
    }
    assert (rows["far"]["n_groups"], rows["clear"]["n_groups"]) == (5, 35)
    for row in rows.values():
        assert row["lower"] <= row["value"] <= row["upper"]
    assert (
        rows["clear"]["upper"] - rows["clear"]["lower"]
        < rows["far"]["upper"] - rows["far"]["lower"]
    )


def test_false_events_are_those_that_touch_no_call_by_hours_that_no_call_covers():
    names = [f"R{n}" for n in range(6)]
    calls = {name: [(0.0, 600.0), (300.0, 1800.0)] if name == "R0" else [] for name in names}
    events = {"R0": [(10.0, 20.0), (2000.0, 2010.0)], "R1": [(5.0, 9.0)], "R2": [(5.0, 9.0)]}
    durations = dict.fromkeys(names, 3600.0)
    group_of = {name: f"N{n}" for n, name in enumerate(names)}
    found = false_events(events, calls, durations, group_of, *DRAWN)
    assert (found["n"], found["n_groups"]) == (3, 3)
    assert found["value"] == pytest.approx(3 / 5.5)
    assert found["lower"] < found["value"] < found["upper"]
    none = false_events({}, calls, durations, group_of, *DRAWN)
    assert (none["value"], none["lower"], none["n"]) == (0, None, 0)
    assert false_events({}, {}, {}, {}, *DRAWN)["n_groups"] == 0


def listen(labels, scores, places, groups=None):
    labels, places = np.array(labels, bool), np.array(places, dtype=object)
    groups = places if groups is None else groups
    return listening(labels, np.array(scores), places, groups, np.full(len(labels), 0.5), *DRAWN)


def test_the_clips_with_the_highest_scores_of_every_place_are_listened_to():
    # In A the best clip calls, in B the second, in C none does.
    labels = [1, 0, 0, 0, 1, 0, 0, 0, 0]
    scores = [0.9, 0.5, 0.1, 0.8, 0.7, 0.1, 0.3, 0.2, 0.1]
    found = listen(labels, scores, list("AAABBBCCC"))
    # Two of each of three places, of half a minute.
    assert (found["value"], found["n"], found["n_groups"]) == (3.0, 2, 2)
    # In any order: one call in three clips is found by two in 2 of 3 times, by three surely.
    assert found["by_chance"] == 4.5
    # Of two alike the one without calls comes first.
    assert listen([1, 0], [0.5, 0.5], ["A", "A"])["value"] == 1.0
    assert listen([1, 0], [0.6, 0.5], ["A", "A"])["value"] == 0.5


def test_places_that_are_short_are_listened_to_as_a_whole():
    found = listen([0, 0, 1, 0], [0.3, 0.2, 0.1, 0.9], ["A", "A", "A", "B"])
    assert found["value"] == 2.0


def test_without_calls_there_is_nothing_to_find():
    found = listen([0, 0], [0.5, 0.4], ["A", "B"])
    assert found["n"] == 0 and "value" not in found


def test_a_model_that_tells_saves_minutes_and_one_that_does_not_saves_none():
    rng = np.random.default_rng(2)
    places = np.repeat([f"S{n}" for n in range(60)], 20)
    labels = rng.random(1200) < 0.1
    good = listen(labels, labels + rng.normal(0, 0.3, 1200), places)
    poor = listen(labels, rng.random(1200), places)
    assert good["value"] < 0.3 * good["by_chance"]
    assert poor["value"] == pytest.approx(poor["by_chance"], rel=0.25)
    assert good["lower"] <= good["value"] <= good["upper"]


def test_a_split_that_holds_no_recording_out_as_a_whole_has_no_rows(tmp_path):
    """Of one by clip parts of every recording were learnt from: there is nothing to judge by."""
    model = dict(zip(MODEL, ("clip", "by design", "n", "w", "d", "r", "default"), strict=True))
    files = {
        "metrics": [model | {"fold": "1", "subset": "held_out"}],
        "predictions": [
            {"clip": "R_0", "group": "R", "role": "held_out", "used": "1"}
            | {"score_A": "0.9", "predicted_A": "1", "label_A": "1"}
        ],
        "recordings": [{"recording": "R", "status": "ok", "duration_s": "10"}],
        "labels": [
            {"clip": f"R_{start}", "recording": "R", "start": str(start), "end": str(start + 5)}
            | {"A_overlap": "2", "A_fraction": "1", "A_contained": "1", "A_grade": ""}
            for start in (0, 5)
        ],
    }
    for name, rows in files.items():
        write_table(tmp_path / f"{name}.tsv", list(rows[0]), rows)
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations/R.txt").touch()
    given = {name: [tmp_path / f"{name}.tsv"] for name in ("metrics", "predictions", "labels")}
    main(
        SimpleNamespace(
            **given,
            recordings=tmp_path / "recordings.tsv",
            annotations=tmp_path / "annotations",
        ),
        [tmp_path / "field.csv"],
        SimpleNamespace(
            settings={"species": {"A": ["A"]}},
            recordings=["R"],
            labelling={},
            length=5.0,
            resamples=10,
            seed=1,
        ),
    )
    assert read_table(tmp_path / "field.csv") == []
