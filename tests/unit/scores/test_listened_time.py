"""Events and calls on a clock that runs while somebody listened."""

from math import inf

import pytest

from anurans.annotations.formats import LISTENED, Annotation
from anurans.scores.event_scores import Tolerances, judge
from anurans.scores.listened_time import ListenedTime


def mark(start, end, species=LISTENED):
    return Annotation(start, end, species, "", None, None)


def test_a_recording_without_a_mark_was_listened_to_as_a_whole():
    heard = ListenedTime.of({"A": [mark(2.0, 3.0, "BOAALB")]}, {"A": 60.0}, "BOAALB")
    assert heard.seconds() == {"A": 60.0}
    assert heard.place({"A": [(50.0, 60.0)]}) == {"A": [(50.0, 60.0)]}


def test_what_lies_outside_counts_nowhere():
    heard = ListenedTime.of({"A": [mark(0.0, 10.0), mark(40.0, 70.0)]}, {"A": 60.0}, "BOAALB")
    assert heard.seconds() == {"A": 30.0}
    # Across the end of a stretch, outside, within the second, and a point.
    events = [(8.0, 12.0), (20.0, 30.0), (41.0, 42.0), (45.0, 45.0)]
    assert heard.place({"A": events}) == {"A": [(8.0, 10.0), (11.0, 12.0), (15.0, 15.0)]}
    assert heard.place({"B": events}) == {}


def test_a_mark_behind_the_end_of_a_recording_is_of_nothing():
    heard = ListenedTime.of({"A": [mark(70.0, 80.0)]}, {"A": 60.0}, "BOAALB")
    assert heard.seconds() == {} and heard.place({"A": [(1.0, 2.0)]}) == {}


def test_time_is_known_of_one_species_and_not_of_another():
    marks = [mark(0.0, 10.0), mark(20.0, 30.0, " absent BOAALB"), mark(40.0, 50.0, " listened X")]
    # Presence says nothing of when.
    marks.append(mark(50.0, inf, " present BOAALB"))
    heard = {name: ListenedTime.of({"A": marks}, {"A": 60.0}, name) for name in ("BOAALB", "X")}
    assert heard["BOAALB"].parts == {"A": [(0.0, 10.0), (20.0, 30.0)]}
    assert heard["X"].parts == {"A": [(0.0, 10.0), (40.0, 50.0)]}


def test_events_where_nobody_listened_are_neither_right_nor_false():
    heard = ListenedTime.of({"A": [mark(0.0, 10.0)]}, {"A": 60.0}, "BOAALB")
    found = heard.place({"A": [(2.0, 4.0), (30.0, 50.0)]}), heard.place({"A": [(2.0, 4.0)]})
    judged = judge(*found, heard.seconds(), Tolerances())
    assert judged["segment_precision"] == judged["segment_recall"] == pytest.approx(1)
    assert judged["match_f1"] == pytest.approx(1)
