"""Clocks, local time, and dates at which no clock was set."""

import pytest

from anurans.recordings.zones import not_set, to_local, zone_of


def test_local_time_follows_the_law_of_the_place():
    """São Paulo had summer time until 2019."""
    there = "America/Sao_Paulo"
    assert to_local("2019-01-21", "01:30:00", "Z", there)[:2] == ("2019-01-20", "23:30:00")
    assert to_local("2024-01-21", "01:30:00", "Z", there)[:2] == ("2024-01-20", "22:30:00")


def test_a_clock_of_the_place_is_left_as_it_is():
    found = to_local("2024-01-21", "01:30:00", "", "America/Sao_Paulo")
    assert found == ("2024-01-21", "01:30:00", "2024-01-21T04:30:00Z")


def test_where_no_zone_is_known_nothing_is_changed():
    assert to_local("2024-01-21", "01:30:00", "", "") == ("2024-01-21", "01:30:00", "")
    assert to_local("2024-01-21", "", "Z", "UTC") == ("2024-01-21", "", "")


def test_an_offset_tells_utc_without_a_zone():
    found = to_local("2024-01-21", "20:30:00", "+10:00", "")
    assert found == ("2024-01-21", "20:30:00", "2024-01-21T10:30:00Z")


@pytest.mark.parametrize("name", ["America/Sao_Paolo", "+25:00", "local", "../UTC", "/etc/passwd"])
def test_there_is_no_such_zone(name):
    with pytest.raises(ValueError, match="expected a time zone such as America/Sao_Paulo"):
        zone_of(name)


RAN = [f"1970-{month:02d}-{day:02d}" for month in (1, 2, 4) for day in range(1, 29)]
OLD = [f"2000-{month:02d}-{day:02d}" for month in (1, 2) for day in range(10, 29)]
SEASON = [f"2024-02-{day:02d}" for day in range(1, 29)]


@pytest.mark.parametrize(
    ("dates", "wrong"),
    [
        (SEASON, set()),
        ([*SEASON, "1970-01-01", "1970-01-02"], {"1970-01-01", "1970-01-02"}),
        ([*SEASON, "2000-01-05"], {"2000-01-05"}),
        ([*SEASON, "2036-07-01"], {"2036-07-01"}),
        ([*SEASON, "2017-02-01"], set()),
        (["1980-01-05", "1980-01-20", "1980-02-01"], set()),
        (["1970-01-01"], set()),
        ([], set()),
        (["2005-01-01", "2024-01-01"], set()),
        # A recorder that ran for months, and clocks west of Greenwich.
        ([*SEASON, *RAN], set(RAN)),
        ([*SEASON, "1969-12-31", "1970-01-01"], {"1969-12-31", "1970-01-01"}),
        ([*SEASON, "1999-12-31", "2000-01-01"], {"1999-12-31", "2000-01-01"}),
        # A season may have begun in January 2000, and the next one be of this year.
        ([*SEASON, *OLD], set()),
    ],
)
def test_dates_of_clocks_that_were_not_set(dates, wrong):
    assert not_set(dates) == wrong
