"""Events against calls, counted by hand."""

import pytest

from anurans.annotations.formats import LISTENED, Annotation
from anurans.scores.event_scores import JUDGED, judge, listened_parts, meet, shared, within

CALLS = {"A": [(1.0, 2.0), (3.0, 4.0), (20.0, 21.0)], "B": [], "C": [(5.0, 6.0)]}
EVENTS = {"A": [(0.5, 5.0), (30.0, 35.0)], "B": [(0.0, 5.0)]}


def test_events_and_calls_are_counted():
    found = judge(EVENTS, CALLS)
    assert set(found) == set(JUDGED) - {"species"}
    assert (found["recordings"], found["events"], found["events_true"]) == (3, 3, 1)
    assert (found["calls"], found["calls_found"]) == (4, 2)
    assert (found["precision"], found["recall"]) == pytest.approx((1 / 3, 0.5))
    assert found["f1"] == pytest.approx(0.4)
    # The event begins 0.5 s before its first call and ends 1 s after its last.
    assert (found["start_error"], found["end_error"]) == pytest.approx((-0.5, 1.0))
    assert (found["start_error_abs"], found["end_error_abs"]) == pytest.approx((0.5, 1.0))
    assert (found["seconds_detected"], found["seconds_true"]) == pytest.approx((14.5, 4.0))
    assert (found["precision_seconds"], found["recall_seconds"]) == pytest.approx((2 / 14.5, 0.5))


def test_events_of_recordings_that_nobody_listened_to_do_not_count():
    assert judge({"X": [(0.0, 5.0)]}, {"A": []})["events"] == 0


def test_what_is_undefined_is_none():
    found = judge({}, {"A": []})
    assert found["precision"] is found["recall"] is found["f1"] is found["start_error"] is None


def test_f1_is_0_where_nothing_that_calls_is_found():
    assert judge({"A": [(10.0, 12.0)]}, CALLS)["f1"] == 0.0
    assert judge({}, CALLS)["f1"] == 0.0
    # And unknown where nothing calls.
    assert judge({"A": [(10.0, 12.0)]}, {"A": []})["f1"] is None


def test_touching_is_not_sharing_time():
    assert not meet((0.0, 1.0), (1.0, 2.0))
    assert meet((0.0, 1.1), (1.0, 2.0))
    assert meet((1.5, 1.5), (1.0, 2.0))


def test_seconds_that_unions_share():
    assert shared([(0, 2), (3, 4)], [(1, 3.5)]) == pytest.approx(1.5)


def test_events_count_within_what_was_listened_to():
    listened = [Annotation(0.0, 10.0, LISTENED, "", None, None)]
    call = Annotation(2.0, 3.0, "BOAALB", "", None, None)
    assert listened_parts([call]) is None
    parts = listened_parts([*listened, call])
    assert parts == [(0.0, 10.0)]
    assert [within(event, parts) for event in ((8.0, 12.0), (11.0, 12.0))] == [[(8.0, 10.0)], []]
