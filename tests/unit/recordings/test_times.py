"""When something happened."""

from anurans.recordings.times import time_of_day


def test_time_goes_on_past_midnight():
    assert time_of_day("2021-12-31", "23:59:30", 29.9) == ("2021-12-31", "23:59:59")
    assert time_of_day("2021-12-31", "23:59:30", 30) == ("2022-01-01", "00:00:00")


def test_what_is_not_known_stays_empty():
    assert time_of_day("2021-12-31", "", 30) == ("2021-12-31", "")
    assert time_of_day("", "", 30) == ("", "")
