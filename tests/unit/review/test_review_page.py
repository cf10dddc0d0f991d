"""Questions are rows of one clip, and a page is given what it needs and no more."""

import json

import pytest

from anurans.annotations.labels import LabelRule, rule_in_words
from anurans.common.errors import UserError
from anurans.review.queues import QUEUE
from anurans.review.review_page import (
    KINDS,
    VERDICT,
    describe,
    local_time,
    page_data,
    read_questions,
)
from anurans.review.review_sound import Excerpt, PageSettings

SPECIES = {"LOW": "low tone", "HIGH": "high tone", "MID": "mid tone"}
EXCERPT = Excerpt(8.0, 17.0, b"sound", b"image", 12.04)


def row(**given):
    """A row of a queue; other cells are empty."""
    usual = {
        **{"queue": "check-1", "kind": "check", "question": "q1", "recording": "REC"},
        **{"start": "10.000000", "end": "15.000000", "species": "LOW"},
    }
    return dict.fromkeys(QUEUE, "") | usual | given


def data_of(rows, told=None, rule=None):
    columns = list(rows[0])
    made = [
        describe(each, told or {}, EXCERPT, columns)
        for each in read_questions(rows, list(SPECIES), "q.csv")
    ]
    return page_data(made, columns, SPECIES, rule or LabelRule(), PageSettings())


def test_rows_of_a_clip_are_one_question_in_the_order_of_the_config():
    rows = [
        row(species="MID"),
        row(question="q0", start="0", end="5"),
        row(species="LOW"),
        row(species="HIGH"),
    ]
    found = read_questions(rows, list(SPECIES), "q.csv")
    assert [each.question for each in found] == ["q1", "q0"]
    assert [each["species"] for each in found[0].rows] == ["LOW", "HIGH", "MID"]
    assert (found[0].start, found[0].end) == (10.0, 15.0)


def test_cells_are_carried_as_they_are_with_columns_that_nobody_knows():
    rows = [row(score="0.123456", stratum="=1+1", own='Ana\'s\n"clip"')]
    data = data_of(rows)
    assert data["columns"] == [*QUEUE, "own"]
    assert data["questions"][0]["rows"] == [[rows[0][name] for name in data["columns"]]]
    assert data["verdict"] == list(VERDICT)
    assert json.loads(json.dumps(data)) == data


def test_where_and_when_a_clip_is():
    told = {"site": "POND", "date": "2021-01-15", "time": "23:59:55"}
    (found,) = data_of([row()], told)["questions"]
    assert found["site"] == "POND"
    assert found["time"] == "2021-01-16 00:00:05"
    assert (found["start"], found["end"], found["from"], found["to"]) == (10, 15, 8, 17)
    assert found["gain"] == 12.0
    assert local_time({"date": "2021-01-15", "time": ""}, 10) == "2021-01-15"
    assert local_time({}, 10) == ""


def test_answers_of_other_rows_are_not_taken_for_these():
    first, same = data_of([row(score="0.5")]), data_of([row(score="0.5")])
    assert first["digest"] == same["digest"]
    assert first["digest"] != data_of([row(score="0.6")])["digest"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (LabelRule(), "at least 0.25 s of the clip, or at least half of one call"),
        (LabelRule(min_overlap=1.0, min_fraction=0.3), "1 s of the clip, or at least 30 % of one"),
        (LabelRule("any"), "any part of one of its calls lies in the clip"),
        (LabelRule("contained"), "one of its calls lies wholly in the clip"),
        (LabelRule(ambiguous="drop"), "where less of a call does, answer unsure"),
    ],
)
def test_the_label_rule_is_said_in_words(rule, words):
    assert words in rule_in_words(rule)
    assert data_of([row()], rule=rule)["rule"] == rule_in_words(rule)


def test_every_kind_of_queue_is_explained_and_says_no_score():
    for kind in KINDS:
        assert "score 0" not in data_of([row(kind=kind, score="0.9")])["about"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row(recording="")], "line 2: no recording"),
        ([row(start="ten")], "line 2: start is 'ten'; expected a number"),
        ([row(fmin="-1")], "line 2: fmin is '-1'"),
        ([row(end="nan")], "line 2: end is 'nan'"),
        ([row(end="10")], "starts at 10.000000 s and ends at 10 s"),
        ([row(kind="quiz")], "kind is 'quiz'; expected one of check, count"),
        ([row(species="FROG")], "species is 'FROG', which the config does not have"),
        ([row(), row(species="HIGH", start="9")], "line 3: question q1 has the start '9'"),
        ([row(), row()], "line 3: question q1 asks twice about LOW"),
    ],
)
def test_a_queue_that_cannot_be_shown_is_refused(rows, told):
    with pytest.raises(UserError, match=r"^q\.csv") as refused:
        read_questions(rows, list(SPECIES), "q.csv")
    assert told in str(refused.value)
