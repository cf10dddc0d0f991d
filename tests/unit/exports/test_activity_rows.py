"""Time series: tidy, with an interval only where one is known to hold."""

import numpy as np

from anurans.exports.activity_rows import ACTIVITY, activity_rows, listened_rows
from anurans.exports.site_counts import Calls, Effort
from anurans.review.listened_counts import COUNTS
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
    assert all(set(row) <= set(ACTIVITY) and row["by"] == "hour" for row in found)
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


def test_listened_counts_are_of_the_season_a_month_or_a_site_and_of_no_hour():
    places = [("season", "all"), ("month", "2021-02"), ("site", "POND"), ("site", "unknown")]
    counts = [
        dict.fromkeys(COUNTS, "")
        | {"queue": "count-1", "species": "LOW", "by": by, "place": place, "clips": "48"}
        | {"count": "6.0", "lower": "4.0", "upper": "9.0"}
        for by, place in places
    ]
    without = counts[2] | {"count": "", "lower": "", "upper": "", "note": "fewer than 30 answers"}
    found = list(listened_rows([*counts, without]))
    assert all(set(row) <= set(ACTIVITY) and row["kind"] == "listened" for row in found)
    assert [(r["by"], r.get("month", ""), r.get("site", "")) for r in found] == [
        ("season", "", ""),
        ("month", "2021-02", ""),
        ("site", "", "POND"),
        ("site", "", ""),
    ]
    one = found[2]
    assert (one["clips"], one["count"], one["lower"], one["upper"]) == ("48", "6.0", "4.0", "9.0")
    assert one["queue"] == "count-1" and not {"night", "hour", "after_sunset", "trust"} & set(one)
