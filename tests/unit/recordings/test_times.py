"""When something happened."""

import pytest

from anurans.recordings.names import Recording
from anurans.recordings.times import moment, night_of, time_of_day, union


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


def test_intervals_that_touch_or_overlap_are_one():
    assert union([(3, 4), (0, 1), (1, 2)]) == [(0, 2), (3, 4)]
    assert union([(0, 9), (1, 2), (8, 10)]) == [(0, 10)]
    assert union(iter([(5, 5), (5, 6)])) == [(5, 6)]
    assert union([]) == []
