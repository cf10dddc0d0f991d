"""Counts of clips laid into the calendar by hand."""

from collections import Counter

import numpy as np
import pytest

from anurans.common.tables import format_cell, read_table, write_table
from anurans.listening.activity import (
    BY_SUN,
    PARTS,
    SUN_PARTS,
    TABLE,
    add_all,
    gather,
    part_rows,
    place_by_sun,
    place_clips,
    read_part,
    tally,
    trusted_places,
)
from anurans.scores.probabilities import Curve, Separation

SAME = np.array([[0.0, 0.0], [1.0, 1.0]])
CURVE = Curve(SAME)
# Clips without calls get 0, those with calls a half.
KNOWN = Separation(np.array([[0.0, 0.5, 0, 0, 0, 0, 0, 10_000]] * 30))
STARTS = np.arange(12) * 10.0


def count(date, time, positive, scores=None, curve=CURVE):
    places = place_clips({"date": date, "time": time}, STARTS)
    scores = np.full((12, 2), 0.25) if scores is None else scores
    positive = np.array(positive, bool)
    events = [(start, start + 10) for start in STARTS[positive].tolist()]
    return tally("A", places, STARTS, positive, scores, curve, events)


def test_clips_lie_in_the_night_and_hour_that_they_start_in():
    places = place_clips({"date": "2021-01-15", "time": "23:59:30"}, STARTS)
    assert places[:3] == [("2021-01-15", "23")] * 3
    assert places[3:] == [("2021-01-15", "00")] * 9
    assert place_clips({"date": "2021-01-15", "time": "11:59:55"}, STARTS)[:2] == [
        ("2021-01-14", "11"),
        ("2021-01-15", "12"),
    ]
    assert place_clips({"date": "2021-01-15", "time": ""}, STARTS) == [("", "")] * 12


def test_clips_and_minutes_are_counted():
    found = count("2021-01-15", "20:00:00", [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    (one,) = found.values()
    assert list(found) == [("2021-01-15", "20", "A")]
    row = one.row("A", KNOWN, one)
    assert (row["recordings"], row["minutes"], row["minutes_present"]) == (1, 2, 1)
    assert (row["clips"], row["positive"], row["share_of_minutes"]) == (12, 2, 0.5)
    # A quarter each, which is half of what a clip with calls gets.
    assert row["expected"] == pytest.approx(6.0) and row["expected_share"] == pytest.approx(0.5)
    assert row["lower"] == pytest.approx(6.0) == row["upper"]
    assert set(row) == set(TABLE)


def test_without_calibrators_nothing_is_expected():
    (one,) = count("2021-01-15", "20:00:00", np.ones(12), curve=None).values()
    assert "expected" not in one.row("A", KNOWN, one)
    (one,) = count("2021-01-15", "20:00:00", np.ones(12)).values()
    assert "expected" not in one.row("A", None)


def test_parts_are_read_as_they_were_written_and_added():
    found = count("2021-01-15", "23:59:30", np.ones(12))
    rows = [{key: format_cell(row.get(key)) for key in PARTS} for row in part_rows(found)]
    assert [row["hour"] for row in rows] == ["00", "23"]
    again = read_part(rows)
    add_all(again, read_part(rows))
    assert again["2021-01-15", "00", "A"].counts.tolist() == [0, 2, 2, 18, 18]
    assert again["2021-01-15", "00", "A"].probability == pytest.approx(4.5)


def test_hours_are_ordered_from_noon_to_noon_and_nights_by_date():
    found = {}
    for date, time in (("2021-01-16", "03:00:00"), ("2021-01-15", "20:00:00")):
        add_all(found, count(date, time, np.ones(12)))
    add_all(found, count("2021-01-14", "13:00:00", np.zeros(12)))
    add_all(found, count("", "", np.zeros(12)))
    assert list(gather(found, ("hour",))) == [("",), ("13",), ("20",), ("03",)]
    assert list(gather(found, ("night",))) == [("",), ("2021-01-14",), ("2021-01-15",)]
    both = gather(found, ("night",))["2021-01-15",]["A"]
    assert both.counts.tolist() == [2, 4, 4, 24, 24]
    assert both.probability == pytest.approx(6.0)
    (total,) = gather(found, ()).values()
    assert total["A"].counts.tolist() == [4, 8, 4, 48, 24]


def test_clips_of_a_night_err_alike_and_those_of_nights_do_not():
    found = {}
    for date, time in (("2021-01-15", "20:00:00"), ("2021-01-15", "22:00:00")):
        add_all(found, count(date, time, np.ones(12)))
    add_all(found, count("2021-01-16", "20:00:00", np.ones(12)))
    add_all(found, count("", "", np.ones(12)))
    add_all(found, count("", "", np.ones(12)))

    def squares(*keys):
        return {key: of["A"].squares for key, of in gather(found, keys).items()}

    # Recordings without a night are each for themselves.
    assert squares("night") == {("",): 2 * 144, ("2021-01-15",): 24**2, ("2021-01-16",): 144}
    assert squares("hour") == {("",): 2 * 144, ("20",): 2 * 144, ("22",): 144}
    assert squares() == {(): 2 * 144 + 24**2 + 144}


def test_nights_that_sound_otherwise_have_no_interval_and_no_part_in_those_of_several():
    found = count("2021-01-15", "20:00:00", np.ones(12))
    add_all(found, count("2021-01-16", "20:00:00", np.ones(12), np.full((12, 2), 0.5)))
    nights = [{"night": "2021-01-15", "trust": "yes"}, {"night": "2021-01-16", "trust": "no"}]
    trusted = trusted_places(found, nights)

    def row(*keys):
        sure = gather(trusted, keys)
        return {
            key: of["A"].row("A", KNOWN, sure.get(key, {}).get("A"))
            for key, of in gather(found, keys).items()
        }

    good, doubtful = row("night").values()
    assert (good["expected"], good["lower"], good["clips_counted"]) == pytest.approx((6, 6, 12))
    assert (doubtful["expected"], doubtful["clips_counted"]) == pytest.approx((12, 12))
    assert doubtful["lower"] is None and doubtful["upper"] is None
    whole = row()[()]
    assert (whole["clips"], whole["clips_counted"], whole["expected"]) == pytest.approx((24, 12, 6))
    assert whole["expected_share"] == pytest.approx(0.5)


def test_one_part_without_calibrator_leaves_the_sum_unknown():
    found = count("2021-01-15", "20:00:00", np.ones(12))
    add_all(found, count("2021-01-15", "20:00:00", np.ones(12), curve=None))
    assert "expected" not in found["2021-01-15", "20", "A"].row("A", KNOWN)


def test_a_recording_and_its_minutes_count_where_they_begin():
    """From half a minute before midnight: its second minute begins in the next hour."""
    found = count("2021-01-15", "23:59:30", [0, 0, 0, 1] + [0] * 8)
    counts = {hour: one.counts.tolist() for (_, hour, _), one in found.items()}
    assert counts == {"23": [1, 1, 1, 3, 0], "00": [0, 1, 0, 9, 1]}
    ((_, of),) = gather(found, ("night",)).items()
    assert of["A"].counts.tolist() == [1, 2, 1, 12, 1]


def test_minutes_have_the_events_that_touch_them():
    places = place_clips({"date": "2021-01-15", "time": "20:00:00"}, STARTS)
    none = np.zeros(12, bool)

    def present(*events):
        (one,) = tally("A", places, STARTS, none, np.zeros((12, 2)), CURVE, events).values()
        return one.counts[2]

    # Found by a clip between those that are counted, which with overlap there are.
    assert present((55.0, 60.0)) == 1 and present((55.0, 60.1)) == 2
    assert present((0.0, 1.0), (5.0, 6.0)) == 1 and present() == 0
    # A piece after the last minute that a clip begins in.
    assert present((119.0, 121.0)) == 1


def test_half_hours_from_the_sun_are_added_up_like_hours(tmp_path):
    """A recording of an hour from 21:58 UTC, sunset in Campinas, and one of no known place."""
    told = {"utc": "2024-01-20T21:58:00Z", "latitude": -22.8, "longitude": -47.1}
    starts = np.arange(0.0, 3600.0, 60.0)
    places = place_by_sun(told, starts)
    assert set(places) == {"sunset", "dusk", "dawn", "sunrise"}
    assert Counter(places["sunset"]) == {
        ("sunset", "-30"): 1,
        ("sunset", "0"): 30,
        ("sunset", "30"): 29,
    }
    assert place_by_sun({"utc": told["utc"]}, starts) == {}
    nothing = np.zeros(60, bool), np.zeros((60, 1)), None, []
    found = tally("A", places["sunset"], starts, *nothing)
    write_table(tmp_path / "sun.tsv", SUN_PARTS, part_rows(found, BY_SUN))
    back = read_part(read_table(tmp_path / "sun.tsv"), BY_SUN)
    of = gather(back, BY_SUN, BY_SUN)
    assert of["sunset", "0"]["A"].row("A", None)["clips"] == 30
    assert sum(each["A"].row("A", None)["minutes"] for each in of.values()) == 60
