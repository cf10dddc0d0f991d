"""Time series: tidy, with an interval only where one is known to hold."""

import numpy as np

from anurans.exports.activity_rows import ACTIVITY, activity_rows
from anurans.exports.site_counts import Calls, Effort
from anurans.scores.probabilities import Separation

EVENING = ("POND", "2021-02-10", "19", "0")
MIDNIGHT = ("POND", "2021-02-10", "00", "5")
WET = ("POND", "2021-02-11", "19", "0")
EFFORTS = {place: Effort(1, 1.0, 0.0) for place in (EVENING, MIDNIGHT, WET)}
CALLS = {(place, "LOW"): Calls(12, 6, 2, 6.0) for place in (EVENING, MIDNIGHT, WET)}
# Clips without calls get 0.1, with calls 0.9, in every draw; 20 groups with calls.
SEPARATION = Separation(np.tile([0.1, 0.9, 0.01, 0.01, 0.0, 0.0, 0.0, 20], (10, 1)))


def rows(separations, calls=CALLS):
    trust = {"2021-02-10": "yes", "2021-02-11": "no"}
    return list(activity_rows(EFFORTS, calls, separations, trust))


def test_each_place_has_a_row_for_each_kind_of_count():
    found = rows({"LOW": SEPARATION})
    assert [(row["night"], row["hour"], row["kind"]) for row in found] == [
        ("2021-02-10", "19", "events"),
        ("2021-02-10", "19", "expected"),
        ("2021-02-10", "00", "events"),
        ("2021-02-10", "00", "expected"),
        ("2021-02-11", "19", "events"),
        ("2021-02-11", "19", "expected"),
    ]
    assert all(set(row) <= set(ACTIVITY) for row in found)
    events, expected = found[:2]
    assert events["count"] == 2 and "lower" not in events
    # Of 12 clips with a mean of 0.5, half way from 0.1 to 0.9.
    assert round(expected["count"], 9) == 6
    assert 0 <= expected["lower"] < 6 < expected["upper"] <= 12


def test_a_night_that_drift_doubts_has_no_interval():
    doubtful = [row for row in rows({"LOW": SEPARATION}) if row["trust"] == "no"]
    assert [row["kind"] for row in doubtful] == ["events", "expected"]
    assert all("lower" not in row and "upper" not in row for row in doubtful)


def test_where_nothing_was_held_out_events_alone_are_counted():
    assert {row["kind"] for row in rows({})} == {"events"}
    without = {place: Calls(12, 6, 2, None) for place in CALLS}
    assert {row["kind"] for row in rows({"LOW": SEPARATION}, without)} == {"events"}
