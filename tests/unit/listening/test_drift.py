"""Known shifts are found, and what is like training is not."""

import numpy as np
import pytest

from anurans.listening.activity import place_clips
from anurans.listening.drift import (
    DRIFT,
    NIGHTS,
    Limits,
    around,
    by_night,
    far_in_calendar,
    find_limits,
    measure_drift,
    read_calendar,
    spectrum_distances,
)
from anurans.recordings.names import Recording
from anurans.sounds.sound_profiles import BAND_COLUMNS, BANDS


def rows(count, seed, level=-30.0, tilt=0.0, distance=1.0):
    """Profiles of recordings of one place, or of one shifted from it."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        bands = np.linspace(0, -20, BANDS) + rng.normal(0, 1, BANDS) + tilt * np.arange(BANDS)
        loud = level + rng.uniform(-2, 2)
        found.append(
            {
                "recording": f"R{number:03d}",
                "clips": "12",
                "level": str(loud),
                "distance": str(distance),
                "far": "0",
            }
            | dict(zip(BAND_COLUMNS, map(str, bands + loud), strict=True))
        )
    return found


TRAINING = rows(30, 1)
TRAINED = read_calendar(
    {"date": date, "time": time, "duration_s": "60"}
    for date, time in (("2021-01-10", "20:00:00"), ("2020-12-20", "23:00:00"), ("", ""))
)


def measure(new, date="2021-01-15", time="20:30:00"):
    told = {"date": date, "time": time, "duration_s": "60"}
    names = {row["recording"]: told for row in new}
    limits = find_limits(TRAINING, 2.0)
    return list(measure_drift(new, TRAINING, names, TRAINED, limits))


def outside(found):
    return {name for row in found for name in row["outside"].split()}


def test_recordings_of_the_same_place_are_inside():
    found = measure(rows(50, 2))
    assert outside(found) <= {"spectrum"}
    assert sum("spectrum" in row["outside"] for row in found) <= 2
    assert set(found[0]) == set(DRIFT)


@pytest.mark.parametrize(
    ("shift", "seen"),
    [
        ({"level": -15.0}, "level"),  # another gain: the spectrum is the same but for it
        ({"level": -50.0}, "level"),
        ({"tilt": -1.0}, "spectrum"),  # a muffled microphone
        ({"distance": 2.5}, "embedding"),
    ],
)
def test_a_shift_is_seen_by_its_measure_alone(shift, seen):
    found = measure(rows(20, 3, **shift))
    assert all(seen in row["outside"].split() for row in found)
    others = outside(found) - {seen}
    assert all(sum(other in row["outside"] for row in found) <= 2 for other in others)


def test_another_season_and_hour_are_seen():
    assert outside(measure(rows(5, 4), date="2021-07-01")) >= {"season"}
    assert outside(measure(rows(5, 4), time="12:00:00")) >= {"hour"}
    # The days of the year and the hours of the day are circles.
    assert far("2022-01-02", "00:31:00") == (8, pytest.approx(1.5))
    assert far("2022-12-31", "")[0] == 10
    assert far("", "") == (None, None)
    assert around(-1, 24) == around(23, 24) == 1


def far(date, time, seconds=0, calendar=TRAINED):
    return far_in_calendar({"date": date, "time": time, "duration_s": str(seconds)}, calendar)


def test_long_recordings_are_where_they_last():
    nights = read_calendar([{"date": "", "time": "18:00:00", "duration_s": "43200"}])
    assert far("", "00:00:00", 60, nights)[1] == far("", "18:00:00", 43200, nights)[1] == 0
    assert far("", "08:00:00", 60, nights)[1] == pytest.approx(2 + 1 / 60)
    # Whoever learnt from the first minute has not met the rest of the night.
    assert far("", "20:00:00", 36000)[1] == pytest.approx(7 - 1 / 60)


def test_what_cannot_be_judged_has_no_limit():
    limits = find_limits(TRAINING[:1], None)
    assert limits.spectrum is None and limits.embedding is None
    names = {"R000": {"date": "", "time": "", "duration_s": "60"}}
    none = read_calendar([])
    (row,) = measure_drift(rows(1, 1, distance=9, tilt=5), TRAINING[:1], names, none, limits)
    assert row["outside"] == "" and row["days"] is None


def test_distances_are_to_the_nearest_other():
    spectra = np.array([[0.0, 0.0], [3.0, 3.0], [4.0, 4.0]])
    assert spectrum_distances(spectra, spectra).tolist() == [0, 0, 0]
    assert spectrum_distances(spectra, spectra, itself=True).tolist() == [3, 1, 1]


def test_a_night_is_doubtful_where_half_of_it_sounds_otherwise():
    def row(night, outside):
        return {"night": night, "outside": outside}

    found = by_night(
        [
            row("2021-01-01", "spectrum level"),
            row("2021-01-01", ""),
            row("2021-01-02", "embedding"),
            row("2021-01-02", ""),
            row("2021-01-02", "season hour"),
            row("2021-01-03", "season"),
        ]
    )
    assert [each["trust"] for each in found] == ["no", "yes", "yes"]
    assert found[1]["recordings"] == 3 and found[1]["embedding"] == found[1]["hour"] == 1
    assert set(found[0]) == set(NIGHTS)


def night(date, time, seconds=60):
    """Night of a recording in the table of drift."""
    names = {"R000": {"date": date, "time": time, "duration_s": str(seconds)}}
    limits = find_limits(TRAINING, None)
    (row,) = measure_drift(rows(1, 1), TRAINING, names, TRAINED, limits)
    return row["night"]


def test_a_recording_is_of_the_night_of_its_middle():
    assert night("2021-01-02", "03:00:00") == "2021-01-01"
    # A whole day from midnight is of the night that begins in it.
    assert night("2021-01-02", "00:00:00", 86400) == "2021-01-02"
    assert night("2021-01-02", "18:00:00", 43200) == "2021-01-02"


def test_a_date_without_a_time_is_of_no_night():
    """Here it was of the night of its date, and of none in splits and in activity."""
    assert night("2021-01-02", "") == Recording("R000", "", date="2021-01-02").night == ""
    assert place_clips({"date": "2021-01-02", "time": ""}, np.zeros(1)) == [("", "")]
    assert night("", "") == ""


def test_limits_are_those_of_training_and_a_margin():
    limits = find_limits(TRAINING, 2.0)
    levels = [float(row["level"]) for row in TRAINING]
    assert limits.level == (min(levels) - 3, max(levels) + 3)
    assert isinstance(limits, Limits) and 0.5 < limits.spectrum < 5
