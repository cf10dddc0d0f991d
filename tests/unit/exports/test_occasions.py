"""Nights dealt to survey occasions."""

from anurans.exports.occasions import Occasion, deal_nights

NIGHTS = ["2021-02-03", "2021-02-05", "2021-02-06", "2021-03-01"]


def test_each_night_is_one():
    assert deal_nights(NIGHTS, "night") == {night: Occasion(night, night) for night in NIGHTS}


def test_nights_are_counted_from_the_first_and_gaps_make_no_occasion():
    found = deal_nights(NIGHTS, 3)
    assert found["2021-02-03"] == found["2021-02-05"] == Occasion("2021-02-03", "2021-02-05")
    assert found["2021-02-06"] == Occasion("2021-02-06", "2021-02-08")
    assert len(set(found.values())) == 3


def test_a_week_is_not_moved_by_an_earlier_recording():
    found = deal_nights(NIGHTS, "week")
    assert found["2021-02-03"] == Occasion("2021-02-01", "2021-02-07")  # from a Monday
    more = deal_nights(["2021-01-30", *NIGHTS], "week")
    assert all(more[night] == found[night] for night in NIGHTS)


def test_nothing_is_dealt_to_nothing():
    assert deal_nights([], "week") == deal_nights([], 2) == {}
