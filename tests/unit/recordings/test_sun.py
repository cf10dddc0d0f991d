"""Minutes from sunset, twilight and sunrise."""

import itertools
from datetime import date

import pytest

from anurans.recordings.sun import SUN, minutes_after, step_of, sun_of

# In UTC, to some minutes, as almanacs have them.
PLACES = {
    "Campinas": (-22.8, -47.1, date(2024, 1, 20), "21:58", "08:41"),
    "Brisbane": (-27.4, 153.0, date(2024, 1, 20), "08:46", "19:12"),
    "Hawaii": (19.7, -155.1, date(2024, 1, 20), "04:05", "16:58"),
    "Auckland": (-36.8, 174.7, date(2024, 6, 21), "05:11", "19:34"),
}


@pytest.mark.parametrize("name", PLACES)
def test_the_sun_of_a_place(name):
    latitude, longitude, evening, sunset, sunrise = PLACES[name]
    found = sun_of(evening, latitude, longitude)
    for event, told in (("sunset", sunset), ("sunrise", sunrise)):
        at = found[event]
        minutes = int(told[:2]) * 60 + int(told[3:])
        assert abs(at.hour * 60 + at.minute + at.second / 60 - minutes) < 4
    times = [found[event] for event in SUN]
    assert times == sorted(times)
    assert 8 < (times[3] - times[0]).total_seconds() / 3600 < 15


@pytest.mark.parametrize("longitude", [-170.0, -90.0, 0.0, 90.0, 170.0])
def test_a_night_has_one_sunset_from_noon_to_noon(longitude):
    told = {"utc": "2024-03-20T00:00:00Z", "latitude": 10.0, "longitude": longitude}
    after = [minutes_after(told, 600 * step)["sunset"] for step in range(6 * 24 * 3)]
    assert min(after) > -390 and max(after) < 1100
    assert sum(other < one for one, other in itertools.pairwise(after)) == 3


def test_where_the_sun_does_not_set():
    north = {"utc": "2024-06-21T21:00:00Z", "latitude": 69.6, "longitude": 18.9}
    assert minutes_after(north, 0) == {}


def test_without_time_or_place_there_is_nothing():
    assert minutes_after({"utc": "", "latitude": 1.0, "longitude": 1.0}, 0) == {}
    assert minutes_after({"utc": "2024-06-21T21:00:00Z"}, 0) == {}


def test_half_hours():
    found = [step_of(minutes) for minutes in (-31, -30, -1, 0, 29.9, 30)]
    assert found == ["-60", "-30", "-30", "0", "0", "30"]
