"""Dates and hours on axes."""

import numpy as np
from matplotlib.figure import Figure

from anurans.report.calendars import (
    date_axis,
    day,
    edges,
    hour_name,
    hour_place,
    number,
    say_unknown,
    shade_doubtful,
    width,
)


def test_hours_go_from_noon_to_noon():
    assert [hour_place(hour) for hour in ("12", "23", "00", "11")] == [0, 11, 12, 23]
    assert [hour_name(place) for place in (0, 12, 24)] == ["12:00", "00:00", "12:00"]


def test_nights_are_as_wide_as_they_follow_each_other():
    assert width(["2021-01-01", "2021-01-06", "2021-01-11"]) == 5
    assert width(["2021-01-01"]) == width(["2021-01-01", "2021-01-02"]) == 1
    assert width(["2021-01-01", "2021-06-01"]) == 14


def test_few_days_are_named_one_by_one():
    figure = Figure()
    ax = figure.subplots()
    date_axis(ax, ["2021-01-30", "2021-02-01"])
    figure.canvas.draw()
    assert all(tick == int(tick) for tick in ax.get_xticks())
    assert day("2021-02-01") in ax.get_xticks()


def test_doubtful_nights_are_hatched():
    ax = Figure().subplots()
    rows = [{"night": "2021-01-01", "trust": "yes"}, {"night": "2021-01-02", "trust": "no"}]
    assert not shade_doubtful([ax], rows[:1]) and not ax.patches
    assert shade_doubtful([ax], [*rows, {"night": "", "trust": "no"}])
    (patch,) = ax.patches
    assert patch.get_x() + patch.get_width() / 2 == day("2021-01-02")


def test_an_empty_cell_is_no_number():
    assert number("") != number("") and number("0.5") == 0.5


def test_cells_lie_at_their_nights_however_they_follow_each_other():
    weekly = [f"2021-01-{day:02d}" for day in (1, 8, 15, 22)]
    daily = [f"2021-01-{day:02d}" for day in (23, 24)]
    for nights in (weekly, [*weekly, *daily], daily, weekly[:1], ["2021-01-01", "2021-03-01"]):
        across, of = edges(nights)
        assert across == sorted(across) and len(set(across)) == len(across)
        for night in nights:
            assert across[of[night]] < day(night) < across[of[night] + 1]
        assert len(set(of.values())) == len(nights)
    # A gap is a cell of its own.
    across, of = edges(["2021-01-01", "2021-01-02", "2021-01-10"])
    assert of == {"2021-01-01": 0, "2021-01-02": 1, "2021-01-10": 3}


def test_what_is_not_known_is_said():
    figure = Figure()
    ax = figure.subplots()
    say_unknown(ax, np.array([np.nan, 0.0]))
    assert not ax.texts
    say_unknown(ax, np.array([np.nan, np.nan]))
    assert [text.get_text() for text in ax.texts] == ["not known: held-out clips do not tell"]
