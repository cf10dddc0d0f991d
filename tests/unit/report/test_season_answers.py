"""The monitoring page opens with the count that can be trusted, and says how far."""

from anurans.report.season_answers import season_answers

SPECIES = {"A": "Rana a", "B": ""}
TOTAL = {
    **{"species": "A", "clips": "1200", "clips_counted": "1050"},
    **{"expected": "240.8", "lower": "147.6", "upper": "338.9"},
}
COUNT = {
    **{"species": "A", "by": "season", "queue": "count-1", "clips": "1200", "note": ""},
    **{"answers": "200", "count": "183.8", "lower": "156.3", "upper": "209.3"},
}


def night(name, minutes, share, lower="0", species="A"):
    return {
        **{"night": name, "species": species, "minutes_present": minutes, "lower": lower},
        **{"expected_share": share, "share_of_minutes": "0.5"},
    }


def answers(total=None, dates=(), listened=(), events=7):
    """Cells of species A."""
    totals = [TOTAL | (total or {}), TOTAL | {"species": "B"}]
    rows = season_answers(SPECIES, {"A": events}, dates, totals, listened, 2)
    assert [row[0] for row in rows] == [
        {"text": "Rana a", "small": "A"},
        {"text": "B", "small": ""},
    ]
    return rows[0][1:]


def test_what_people_counted_is_trusted():
    _, count, trust, following = answers(listened=[COUNT])
    assert (count["text"], count["small"]) == (
        "184 of 1200 clips",
        "156 to 209, counted by listening",
    )
    assert trust["text"].startswith("Well: people listened to 200 clips")
    # 53 clips of interval are less than half of 184.
    assert following == {"text": "Publish it with its interval."}
    wide = COUNT | {"lower": "120", "upper": "240"}
    assert "review.round: 3" in answers(listened=[wide])[3]["text"]


def test_a_model_that_says_otherwise_of_the_same_clips_is_told():
    low = {"clips_counted": "1200", "expected": "60", "lower": "40", "upper": "90"}
    _, count, trust, following = answers(total=low, listened=[COUNT])
    assert count["text"] == "184 of 1200 clips"
    assert "The model alone says 60 (40 to 90), which is wrong here." in trust["text"]
    assert following["href"] == "../review/check-2.html"
    # Where nights are left out, they are not the same clips.
    left_out = low | {"clips_counted": "1050"}
    assert "wrong" not in answers(total=left_out, listened=[COUNT])[2]["text"]


def test_the_models_own_count_stands_with_its_assumption():
    _, count, trust, following = answers()
    assert (count["text"], count["small"]) == (
        "241 of 1050 clips",
        "148 to 339, expected by the model",
    )
    assert trust["text"] == (
        "With care: it holds if calls and other sound are like those of training. Left out are "
        "150 clips of nights that sound otherwise."
    )
    assert following["href"] == "../review/count-2.html"
    assert following["text"].startswith("Compare nights with it.")


def test_a_count_that_is_less_than_its_interval_is_hardly_trusted():
    _, _, trust, following = answers({"expected": "48.2", "lower": "0", "upper": "114.8"})
    assert trust["text"].startswith("Little: the model hardly tells")
    assert following["text"] == "Listen to a random sample of these clips."


def test_what_is_not_known_says_listen():
    _, count, trust, following = answers({"lower": "", "upper": ""})
    assert count == {"text": "not known: listen"}
    assert trust["text"] == "Not at all. The model's scores give no count that would hold."
    assert following["href"] == "../review/count-2.html"
    trust = answers({"expected": "", "lower": "", "upper": "", "clips_counted": "0"})[2]
    assert trust["text"].endswith("All nights sound unlike those that the model learnt from.")


def test_a_queue_that_was_begun_says_what_it_lacks():
    begun = COUNT | {"count": "", "lower": "", "upper": "", "note": "fewer than 30 answers"}
    _, count, trust, following = answers(listened=[begun])
    assert count["text"] == "241 of 1050 clips"
    assert trust["text"].endswith("Listening gives no count yet: fewer than 30 answers.")
    assert following["text"] == "Answer more of count-1."


def test_lines_have_one_scale():
    """None to the highest upper end of all species: that of B, 338.9 of 1050 clips."""
    reach = answers(listened=[COUNT])[1]["reach"]
    top = 338.9 / 1050
    assert [round(at, 4) for at in reach] == [
        round(float(COUNT[end]) / 1200 / top, 4) for end in ("lower", "count", "upper")
    ]


def test_the_season_is_from_the_first_night_to_the_last_one_heard():
    dates = [
        night("2021-10-01", "0", "0.1"),
        night("2021-10-06", "3", "0.2"),
        night("2021-10-11", "4", "0.4"),
        night("2021-10-16", "1", "0.9", lower=""),  # it sounds otherwise
        night("2021-10-21", "0", "0"),
        night("2021-10-06", "9", "1", species="B"),
    ]
    season = answers(dates=dates)[0]
    assert season["text"] == "2021-10-06 to 2021-10-16"
    assert season["small"] == "3 nights of 5, most on 2021-10-11"
    assert season["bars"] == [0.25, 0.5, 1.0, 0.0, 0.0]


def test_what_was_not_heard_says_so():
    assert answers(dates=[night("2021-10-01", "0", "0")], events=0)[0] == {
        "text": "never heard",
        "small": "0 events",
    }
    # Names told no date.
    assert answers()[0] == {"text": "no dates", "small": "7 events"}
    assert answers(events=0)[0]["text"] == "never heard"
