"""What was listened to and heard at a site, by hand."""

import numpy as np
import pytest

from anurans.common.tables import read_table, write_table
from anurans.exports.site_counts import (
    CALLS,
    EFFORT,
    Calls,
    Heard,
    add_calls,
    add_efforts,
    call_rows,
    count_calls,
    count_effort,
    effort_rows,
    read_calls,
    read_efforts,
)

TOLD = {"site": "POND", "date": "2021-02-10", "time": "20:59:50", "utc": "", "zone": ""}
PLACED = {
    **TOLD,
    "utc": "2021-02-10T23:59:50Z",
    "zone": "America/Sao_Paulo",
    "latitude": -22.8,
    "longitude": -47.1,
}
STARTS, ENDS = np.array([0.0, 5, 10, 15]), np.array([5.0, 10, 15, 18])
BEFORE, AFTER = ("POND", "2021-02-10", "20", ""), ("POND", "2021-02-10", "21", "")


def heard(**changes):
    of = {
        "positive": np.array([True, True, False, False]),
        "chances": np.array([0.9, 0.8, 0.1, 0.0]),
        "events": [0.0, 9.5],
    }
    return Heard(**of | changes)


def test_effort_is_what_was_listened_to_in_the_hour_that_each_clip_begins_in():
    found = count_effort(TOLD, STARTS, ENDS)
    assert {place: (one.recordings, one.minutes) for place, one in found.items()} == {
        BEFORE: (1, pytest.approx(10 / 60)),
        AFTER: (0, pytest.approx(8 / 60)),
    }
    assert {one.sun_minutes for one in found.values()} == {None}


def test_where_the_place_is_known_hours_are_counted_from_sunset():
    found = count_effort(PLACED, STARTS, ENDS)
    # The sun sets at 18:50 local time, as almanacs have it.
    assert {place[3] for place in found} == {"2"}
    mean = sum(one.sun_minutes for one in found.values()) / (18 / 60)
    assert mean == pytest.approx(130, abs=3)


def test_calls_are_counted_by_hour_and_events_where_their_clip_is():
    found = count_calls(TOLD, STARTS, {"LOW": heard()})
    assert found[BEFORE, "LOW"] == Calls(2, 2, 2, pytest.approx(1.7))
    assert found[AFTER, "LOW"] == Calls(2, 0, 0, pytest.approx(0.1))


def test_without_a_calibrator_there_is_no_probability():
    found = count_calls(TOLD, STARTS, {"LOW": heard(chances=None)})
    assert {one.probability for one in found.values()} == {None}


def test_a_recording_across_noon_is_of_two_nights():
    told = TOLD | {"time": "11:59:55"}
    assert {place[1] for place in count_effort(told, STARTS, ENDS)} == {"2021-02-09", "2021-02-10"}


def test_days_add_up_from_their_tables(tmp_path):
    efforts, calls = {}, {}
    for told in (PLACED, PLACED, TOLD | {"date": "", "time": ""}):
        add_efforts(efforts, count_effort(told, STARTS, ENDS))
        add_calls(calls, count_calls(told, STARTS, {"LOW": heard()}))
    write_table(tmp_path / "effort.tsv", EFFORT, effort_rows(efforts))
    write_table(tmp_path / "calls.tsv", CALLS, call_rows(calls))
    twice = read_efforts([read_table(tmp_path / "effort.tsv")] * 2)
    assert sum(one.minutes for one in twice.values()) == pytest.approx(6 * 18 / 60, abs=1e-4)
    assert sum(one.recordings for one in twice.values()) == 6
    found = read_calls([read_table(tmp_path / "calls.tsv")] * 2)
    assert sum(one.positive for one in found.values()) == 12
    assert found[("POND", "", "", ""), "LOW"].clips == 8
