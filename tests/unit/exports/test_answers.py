"""What people answered, settled, and what it says of an event."""

from anurans.common.tables import read_table, write_table
from anurans.exports.answers import (
    SETTLED,
    Settled,
    answer_about,
    by_recording,
    read_settled,
    settle,
    settled_rows,
)
from anurans.review.verdicts import VERDICT, Answer

EVENT = {"recording": "a", "species": "LOW", "start": "4.0", "end": "12.0"}


def answers(*of):
    return by_recording(Settled("a", start, end, "LOW", said, "Ana") for start, end, said in of)


def said(answer, who, queue="check-1", at="20:00", start="0.000000"):
    cells = dict.fromkeys(VERDICT, "") | {"queue": queue, "recording": "a", "species": "LOW"}
    cells |= {"start": start, "end": "5.000000", "answer": answer, "who": who}
    cells["answered_at"] = f"2025-03-01T{at}:00Z"
    return Answer(cells, "verdicts.csv", 2, True)


def settled(*of):
    return [(each.answer, each.who) for each in settle(of)]


def test_most_people_decide_and_ties_are_unsure():
    people = said("present", "Ana"), said("present", "Bia"), said("absent", "Caio")
    assert settled(*people, said("unsure", "Davi")) == [("present", "Ana | Bia")]
    assert settled(*people[1:]) == [("unsure", "Bia | Caio")]


def test_the_later_answer_of_one_person_counts_in_whichever_queue():
    first, second = said("present", "Ana", at="20:00"), said("absent", "Ana", "count-1", at="21:00")
    assert settled(first, second) == settled(second, first) == [("absent", "Ana")]
    # Not the answer of somebody else, nor one about another clip.
    assert settled(first, said("absent", "Bia", at="21:00")) == [("unsure", "Ana | Bia")]
    assert len(settled(first, said("absent", "Ana", start="5.0"))) == 2


def test_a_clip_is_the_same_whatever_a_spreadsheet_did_to_its_digits():
    of = said("present", "Ana"), said("present", "Bia", start="0")
    assert settled(*of) == [("present", "Ana | Bia")]


def test_what_was_settled_is_read_back(tmp_path):
    of = settle([said("present", "Ana"), said("unsure", "Ana", start="1.25")])
    write_table(tmp_path / "answers.tsv", SETTLED, settled_rows(of))
    assert read_settled(read_table(tmp_path / "answers.tsv")) == of


def test_one_clip_with_calls_confirms_an_event():
    found = answer_about(EVENT, answers((0, 5, "absent"), (5, 10, "present")))
    assert found is not None and found.answer == "present"


def test_only_clips_without_calls_over_all_of_it_reject_an_event():
    found = answer_about(EVENT, answers((0, 5, "absent"), (5, 10, "absent"), (10, 15, "absent")))
    assert found is not None and found.answer == "absent"
    # One clip of an event that is longer says nothing of the rest.
    assert answer_about(EVENT, answers((5, 10, "absent"))) is None
    assert answer_about(EVENT, answers((0, 5, "absent"), (5, 15, "unsure"))) is None


def test_answers_about_others_say_nothing():
    assert answer_about(EVENT, answers((12, 17, "present"), (0, 4, "present"))) is None
    other = by_recording([Settled("a", 5, 10, "HIGH", "present", "Ana")])
    assert answer_about(EVENT, other) is None
