"""When something happened."""

import pytest

from anurans.recordings.names import Recording
from anurans.recordings.times import (
    clock_needed,
    clock_of,
    moment,
    night_of,
    time_of_day,
    union,
    utc_of,
)
from anurans.recordings.zones import to_local


def test_time_goes_on_past_midnight():
    assert time_of_day("2021-12-31", "23:59:30", 29.9) == ("2021-12-31", "23:59:59")
    assert time_of_day("2021-12-31", "23:59:30", 30) == ("2022-01-01", "00:00:00")


def test_what_is_not_known_stays_empty():
    assert time_of_day("2021-12-31", "", 30) == ("2021-12-31", "")
    assert time_of_day("", "", 30) == ("", "")


@pytest.mark.parametrize(
    ("time", "seconds", "night"),
    [
        ("03:00:00", 0, "2021-01-01"),
        ("11:59:59", 0, "2021-01-01"),
        ("11:59:59", 0.5, "2021-01-01"),
        ("11:59:59", 1, "2021-01-02"),
        ("12:00:00", 0, "2021-01-02"),
        ("23:59:59", 1, "2021-01-02"),
        ("00:00:00", 86400 / 2, "2021-01-02"),
    ],
)
def test_a_night_goes_from_noon_to_noon(time, seconds, night):
    assert night_of("2021-01-02", time, seconds) == night
    if not seconds:
        assert Recording("R", "", date="2021-01-02", time=time).night == night


def test_without_date_and_time_there_is_no_night():
    for date, time in [("2021-01-02", ""), ("", "03:00:00"), ("", "")]:
        assert night_of(date, time, 60) == Recording("R", "", date=date, time=time).night == ""
        assert moment(date, time) is None


@pytest.mark.parametrize(
    ("date", "time", "needed"),
    [
        # Clocks were put back in the night to 2019-02-17, and never changed again.
        ("2019-01-20", "22:00:00", False),
        ("2019-02-10", "22:00:00", True),
        ("2019-02-16", "23:30:00", True),
        ("2019-02-18", "22:00:00", False),
        ("2020-01-20", "", False),
        ("9999-12-30", "22:00:00", True),
    ],
)
def test_a_time_zone_counts_only_where_clocks_are_changed(date, time, needed):
    zone = "America/Sao_Paulo"
    _, _, utc = to_local(date, time, "", zone)
    told = {"site": "POND", "date": date, "time": time, "utc": utc, "zone": zone}
    found = clock_needed(told)
    assert found == clock_of(told) | ({} if needed else {"utc": "", "zone": ""})
    for seconds in (0, 3 * 3600, 13 * 86400) if date < "9999" else (0,):
        assert moment(**found, seconds=seconds) == moment(**clock_of(told), seconds=seconds)


def test_intervals_that_touch_or_overlap_are_one():
    assert union([(3, 4), (0, 1), (1, 2)]) == [(0, 2), (3, 4)]
    assert union([(0, 9), (1, 2), (8, 10)]) == [(0, 10)]
    assert union(iter([(5, 5), (5, 6)])) == [(5, 6)]
    assert union([]) == []


def begun(utc, zone):
    """When a recording began, as jobs are told."""
    date, time, utc = to_local(utc[:10], utc[11:19], "UTC", zone)
    return {"date": date, "time": time, "utc": utc, "zone": zone}


@pytest.mark.parametrize(
    ("utc", "zone", "hours"),
    [
        ("2019-02-16T21:00:00", "America/Sao_Paulo", ["19", "20", "21", "22", "23", "23", "00"]),
        ("2018-11-04T01:00:00", "America/Sao_Paulo", ["22", "23", "01", "02", "03", "04", "05"]),
        ("2024-03-30T23:00:00", "Europe/Berlin", ["00", "01", "03", "04", "05", "06", "07"]),
        ("2024-10-26T22:00:00", "Europe/Berlin", ["00", "01", "02", "02", "03", "04", "05"]),
    ],
)
def test_a_night_with_an_hour_twice_or_without_one(utc, zone, hours):
    clock = begun(utc, zone)
    told = [time_of_day(seconds=3600 * hour, **clock)[1][:2] for hour in range(7)]
    assert told == hours
    nights = {night_of(seconds=3600 * hour, **clock) for hour in range(7)}
    assert len(nights) == 1


def test_noon_is_that_of_the_place():
    clock = begun("2024-01-20T14:59:00", "America/Sao_Paulo")
    assert night_of(seconds=59, **clock) == "2024-01-19"
    assert night_of(seconds=60, **clock) == "2024-01-20"
    assert utc_of(clock["utc"], 60) == "2024-01-20T15:00:00Z"
    assert utc_of("", 60) == ""
