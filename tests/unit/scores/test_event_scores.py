"""Events against calls, counted by hand."""

import numpy as np
import pytest

from anurans.scores.event_scores import (
    JUDGED,
    Tolerances,
    active,
    intersecting,
    judge,
    matched,
    meet,
    psds,
    shared,
)

CALLS = {"A": [(1.0, 2.0), (3.0, 4.0), (20.0, 21.0)], "B": [], "C": [(5.0, 6.0)]}
LONG = dict.fromkeys("ABCX", 60.0)
ALLOWED = Tolerances()
EVENTS = {"A": [(0.5, 5.0), (30.0, 35.0)], "B": [(0.0, 5.0)]}


def test_events_and_calls_are_counted():
    found = judge(EVENTS, CALLS, LONG, ALLOWED)
    assert set(found) == set(JUDGED) - {"species"}
    assert (found["recordings"], found["events"], found["events_touching"]) == (3, 3, 1)
    assert (found["calls"], found["calls_touched"]) == (4, 2)
    assert (found["touching_precision"], found["touched_recall"]) == pytest.approx((1 / 3, 0.5))
    assert found["touching_f1"] == pytest.approx(0.4)
    # The event begins 0.5 s before its first call and ends 1 s after its last.
    assert (found["start_error"], found["end_error"]) == pytest.approx((-0.5, 1.0))
    assert (found["start_error_abs"], found["end_error_abs"]) == pytest.approx((0.5, 1.0))
    assert (found["seconds_detected"], found["seconds_true"]) == pytest.approx((14.5, 4.0))
    assert (found["seconds_precision"], found["seconds_recall"]) == pytest.approx((2 / 14.5, 0.5))


def test_events_of_recordings_that_nobody_listened_to_do_not_count():
    assert judge({"X": [(0.0, 5.0)]}, {"A": []}, LONG, ALLOWED)["events"] == 0


def test_what_is_undefined_is_none():
    found = judge({}, {"A": []}, LONG, ALLOWED)
    assert {found[f"{of}_f1"] for of in ("segment", "match", "touching")} == {None}
    assert found["match_precision"] is found["start_error"] is found["psds"] is None


def test_f1_is_0_where_nothing_that_calls_is_found():
    assert judge({"A": [(10.0, 12.0)]}, CALLS, LONG, ALLOWED)["match_f1"] == 0.0
    assert judge({}, CALLS, LONG, ALLOWED)["match_f1"] == 0.0
    # And unknown where nothing calls.
    assert judge({"A": [(10.0, 12.0)]}, {"A": []}, LONG, ALLOWED)["match_f1"] is None


def test_touching_is_not_sharing_time():
    assert not meet((0.0, 1.0), (1.0, 2.0))
    assert meet((0.0, 1.1), (1.0, 2.0))
    assert meet((1.5, 1.5), (1.0, 2.0))


def test_seconds_that_unions_share():
    assert shared([(0, 2), (3, 4)], [(1, 3.5)]) == pytest.approx(1.5)


def test_one_event_over_each_minute_scores_badly_by_all_but_touching():
    """Two calls a minute: it is right, and finds all, where sharing any time is all that counts."""
    names = [f"R{n}" for n in range(20)]
    calls = {name: [(10.0, 12.0), (40.0, 41.5)] for name in names}
    whole = {name: [(0.0, 60.0)] for name in names}
    found = judge(whole, calls, dict.fromkeys(names, 60.0), ALLOWED, [whole] * 3)
    assert found["touching_precision"] == found["touched_recall"] == found["touching_f1"] == 1
    assert found["segment_precision"] == pytest.approx(4 / 60)
    assert found["match_f1"] == 0 and found["psds"] == 0
    right = judge(calls, calls, dict.fromkeys(names, 60.0), ALLOWED, [calls])
    assert right["segment_f1"] == right["match_f1"] == right["psds"] == 1


def test_segments_that_an_interval_touches():
    def touched(*intervals, duration=4.0, segment=1.0):
        return np.flatnonzero(active(intervals, duration, segment)).tolist()

    assert touched((0.9, 1.1)) == [0, 1]
    assert touched((1.0, 2.0)) == [1] and touched((1.5, 1.5)) == [1]
    assert touched((0.0, 3.3), duration=3.3) == [0, 1, 2, 3]
    assert touched((0.3, 0.6), segment=0.3) == [1]


def test_an_event_matches_one_call_and_the_most_pairs_are_made():
    calls = [(1.0, 2.0), (1.4, 2.4)]
    assert matched([(1.2, 2.2)], calls, ALLOWED) == 1
    # The first event could take either call, the second only the first.
    assert matched([(1.2, 2.2), (0.6, 1.7)], calls, ALLOWED) == 2
    assert matched([(0.4, 2.0)], calls[:1], ALLOWED) == 0
    assert matched([(0.4, 2.0)], calls[:1], Tolerances(collar=0.6)) == 1
    # Near at both ends, and not touching.
    assert matched([(1.35, 1.55)], [(1.1, 1.3)], ALLOWED) == 0
    assert matched([(1.35, 1.55)], [(1.1, 1.3)], Tolerances(overlap=0.0)) == 1


def test_calls_are_found_by_events_that_lie_in_calls():
    calls = {"A": [(0.0, 2.0), (10.0, 11.0)]}
    assert intersecting({"A": [(0.5, 2.5), (9.0, 12.0)]}, calls, ALLOWED) == (1, 1)
    assert intersecting({"A": [(0.0, 0.8)]}, calls, ALLOWED) == (0, 0)
    # Two pieces together.
    assert intersecting({"A": [(0.0, 0.6), (1.4, 2.0)]}, calls, ALLOWED) == (1, 0)


def test_the_area_is_of_recall_up_to_the_most_false_events():
    calls = {"A": [(0.0, 1.0), (5.0, 6.0)]}
    half, false = {"A": [(0.0, 1.0)]}, {"A": [(0.0, 1.0), (5.0, 6.0), (8.0, 9.0)]}
    # In an hour: recall a half at no false event, all at one; up to four.
    assert psds([half, false], calls, 1.0, Tolerances(false_per_hour=4)) == (
        pytest.approx((0.5 * 1 + 1 * 3) / 4),
        1.0,
    )
    # Beyond the most that are allowed nothing counts.
    assert psds([half, false], calls, 0.1, Tolerances(false_per_hour=4)) == (0.5, 0.5)
    assert psds([half], {"A": []}, 1.0, ALLOWED) == (None, None)
