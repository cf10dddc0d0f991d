"""Listened counts of a season of two sites, held to a calculation by hand."""

import pytest

from anurans.common.errors import UserError
from anurans.review.listened_counts import tabulate_counts

from .answers import verdict

FRAME = [
    {"queue": "count-1", "stratum": stratum, "recording": name, "clips": str(n), "score_A": str(x)}
    for stratum, name, n, x in (
        ("A high", "R1", 30, 27.0),
        ("A high", "R2", 10, 8.0),
        ("low", "R1", 170, 10.0),
        ("low", "R2", 390, 20.0),
    )
]
PLACES = {"R1": {"month": "2025-01", "site": "north"}, "R2": {"month": "2025-01", "site": "south"}}


def answers():
    """Of the upper stratum 9 of 10 with calls; of the other 1 of 39 in the south, 2 unsure."""
    given = []
    for at in range(51):
        high = at < 10
        answer = "present" if at < 9 or at == 50 else "absent"
        answer = "unsure" if at in (20, 21) else answer
        cells = {"stratum": "A high" if high else "low", "score": "0.9" if high else "0.05"}
        cells["recording"] = "R1" if at % 2 else "R2"
        cells["quality"] = "distorted" if at == 20 else ""
        given.append(verdict(f"q{at}", "A", answer, **cells))
    return given


def test_numbers_are_those_of_the_hand():
    rows = tabulate_counts(answers(), FRAME, PLACES, ["A"])
    (season,) = (row for row in rows if row["by"] == "season")
    assert [season[k] for k in ("clips", "answers", "unsure", "distorted", "present")] == [
        *(600, 49, 2, 1, 10),
    ]
    assert season["count"] == pytest.approx(40 * 0.9 + 560 / 39)
    assert season["share"] == pytest.approx(season["count"] / 600)
    assert season["if_unsure_absent"] == pytest.approx(40 * 0.9 + 560 / 41)
    assert season["if_unsure_present"] == pytest.approx(40 * 0.9 + 560 * 3 / 41)
    assert season["lower"] < season["count"] < season["upper"]


def test_a_place_with_few_answers_has_no_number():
    rows = tabulate_counts(answers(), FRAME, PLACES, ["A"])
    sites = {row["place"]: row for row in rows if row["by"] == "site"}
    assert set(sites) == {"north", "south"}
    for row in sites.values():
        assert row["note"] == "fewer than 30 answers" and "count" not in row
    (month,) = (row for row in rows if row["by"] == "month")
    assert month["place"] == "2025-01" and month["count"] > 0


def test_who_has_heard_all_there_is_has_counted_it():
    frame = [dict(FRAME[0], stratum="all", clips="8", score_A="2.0")]
    cells = {"stratum": "all", "stratum_size": "8", "stratum_drawn": "8", "probability": "1"}
    given = [verdict(f"q{at}", "A", "present" if at < 3 else "absent", **cells) for at in range(8)]
    (season, *_) = tabulate_counts(given, frame, PLACES, ["A"])
    assert [season[k] for k in ("count", "lower", "upper", "note")] == [3, 3, 3, ""]
    (season, *_) = tabulate_counts(given[:7], frame, PLACES, ["A"])
    assert season["note"] == "fewer than 30 answers"


def test_a_stratum_without_answers_asks_for_more():
    some = [one for one in answers() if one.row["stratum"] == "low"]
    (row, *_) = tabulate_counts(some, FRAME, PLACES, ["A"])
    assert row["note"] == "no answer in A high: go on with the queue"


def test_only_what_was_drawn_for_counting_is_counted():
    others = [verdict("q1", "A", "present", kind="check", queue="check-1")]
    added = [verdict("q2", "A", "present", asked=False)]
    assert tabulate_counts([*others, *added], FRAME, PLACES, ["A"]) == []


def test_a_recording_that_left_the_season_stays_in_what_was_drawn():
    rows = tabulate_counts(answers(), FRAME, {"R1": PLACES["R1"]}, ["A"])
    (season,) = (row for row in rows if row["by"] == "season")
    assert season["clips"] == 600 and season["count"] == pytest.approx(40 * 0.9 + 560 / 39)
    assert {row["place"] for row in rows if row["by"] == "site"} == {"north", "unknown"}


def test_a_species_that_came_later_was_not_asked_about():
    rows = tabulate_counts(answers(), FRAME, PLACES, ["A", "B"])
    (added,) = (row for row in rows if row["species"] == "B")
    assert added["note"].startswith("not asked about") and "count" not in added
    assert added["by"] == "season" and added["clips"] == 600


@pytest.mark.fault(
    "Review",
    "verdicts about a season that the config does not name any more",
    sees="Queue count-1 was drawn from other recordings",
    kept="nothing is counted",
)
def test_a_queue_of_another_season_is_refused(sees):
    with pytest.raises(UserError, match=sees):
        tabulate_counts(answers(), FRAME, {"other": PLACES["R1"]}, ["A"])


@pytest.mark.fault(
    "Review",
    "the frame of a count queue is gone",
    sees="No frame of queue count-1 is there",
    kept="nothing is counted",
)
def test_a_queue_without_its_frame_is_refused(sees):
    with pytest.raises(UserError, match=sees):
        tabulate_counts(answers(), [], PLACES, ["A"])
