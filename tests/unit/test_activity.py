"""Counts of clips laid into the calendar by hand."""

import numpy as np
import pytest

from anurans.activity import (
    DRAWN,
    PARTS,
    TABLE,
    add_all,
    gather,
    part_rows,
    place_clips,
    read_part,
    tally,
)
from anurans.probabilities import DRAWS, Curves
from anurans.tables import format_cell

SAME = np.array([[0.0, 0.0], [1.0, 1.0]])
CURVES = Curves((SAME,) * (DRAWS + 1))
STARTS = np.arange(12) * 10.0


def count(date, time, positive, scores=None, curves=CURVES):
    places = place_clips(date, time, STARTS)
    scores = np.full((12, 2), 0.25) if scores is None else scores
    return tally("A", places, STARTS, np.array(positive, bool), scores, curves)


def test_clips_lie_in_the_night_and_hour_that_they_start_in():
    places = place_clips("2021-01-15", "23:59:30", STARTS)
    assert places[:3] == [("2021-01-15", "23")] * 3
    assert places[3:] == [("2021-01-15", "00")] * 9
    assert place_clips("2021-01-15", "11:59:55", STARTS)[:2] == [
        ("2021-01-14", "11"),
        ("2021-01-15", "12"),
    ]
    assert place_clips("2021-01-15", "", STARTS) == [("", "")] * 12


def test_clips_and_minutes_are_counted():
    found = count("2021-01-15", "20:00:00", [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    (one,) = found.values()
    assert list(found) == [("2021-01-15", "20", "A")]
    row = one.row("A")
    assert (row["recordings"], row["minutes"], row["minutes_present"]) == (1, 2, 1)
    assert (row["clips"], row["positive"], row["share_of_minutes"]) == (12, 2, 0.5)
    assert row["expected"] == pytest.approx(3.0)
    # The calibrator is known: what is left is that of 12 draws of a quarter.
    half = 1.96 * np.sqrt(12 * 0.25 * 0.75)
    assert (row["lower"], row["upper"]) == pytest.approx((3 - half, 3 + half), abs=0.01)
    assert set(row) == set(TABLE)


def test_without_calibrators_nothing_is_expected():
    (one,) = count("2021-01-15", "20:00:00", np.ones(12), curves=None).values()
    assert "expected" not in one.row("A")


def test_parts_are_read_as_they_were_written_and_added():
    found = count("2021-01-15", "23:59:30", np.ones(12))
    rows = [{key: format_cell(row.get(key)) for key in PARTS} for row in part_rows(found)]
    assert [row["hour"] for row in rows] == ["00", "23"] and DRAWN[-1] in rows[0]
    again = read_part(rows)
    add_all(again, read_part(rows))
    assert again["2021-01-15", "00", "A"].counts.tolist() == [2, 4, 4, 18, 18]
    assert again["2021-01-15", "00", "A"].expected == pytest.approx(4.5)


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
    assert both.expected == pytest.approx(6.0)


def test_one_part_without_calibrator_leaves_the_sum_unknown():
    found = count("2021-01-15", "20:00:00", np.ones(12))
    add_all(found, count("2021-01-15", "20:00:00", np.ones(12), curves=None))
    assert "expected" not in found["2021-01-15", "20", "A"].row("A")
