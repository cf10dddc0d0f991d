"""What people answered, and what it says of an event."""

import pytest

from anurans.common.errors import UserError
from anurans.exports.answers import Answer, answer_about, by_recording, read_answers, settle

EVENT = {"recording": "a", "species": "LOW", "start": "4.0", "end": "12.0"}
HEADER = "queue,recording,start,end,species,answer,who,note\n"


def answers(*of):
    return by_recording(Answer("a", start, end, "LOW", said, "Ana") for start, end, said in of)


def test_tables_are_read_whatever_other_columns_they_have(tmp_path):
    path = tmp_path / "verdicts.csv"
    path.write_text(HEADER + "q,a,0,5,LOW,present,Ana,\nq,a,5,10,LOW,,,\n")
    assert read_answers([path]) == [Answer("a", 0.0, 5.0, "LOW", "present", "Ana")]


@pytest.mark.fault(
    "Exports",
    "a table of verdicts with another answer than present, absent or unsure, or a time that is no "
    "number",
    sees="verdicts.csv, line 2: answer 'maybe', not present, absent, unsure",
    kept="nothing is written; every wrong line is named",
)
def test_what_is_no_answer_is_refused_with_its_line(tmp_path, sees):
    path = tmp_path / "verdicts.csv"
    path.write_text(HEADER + "q,a,0,5,LOW,maybe,Ana,\nq,a,zero,5,LOW,absent,Ana,\n")
    with pytest.raises(UserError) as refused:
        read_answers([path])
    assert sees in str(refused.value)
    assert "line 3: start and end must be numbers" in str(refused.value)


def test_most_people_decide_and_ties_are_unsure():
    clip = ("a", 0.0, 5.0, "LOW")
    said = [("present", "Ana"), ("present", "Bia"), ("absent", "Caio"), ("unsure", "Davi")]
    assert settle(Answer(*clip, *each) for each in said) == [Answer(*clip, "present", "Ana | Bia")]
    tie = settle(Answer(*clip, *each) for each in said[1:])
    assert [each.answer for each in tie] == ["unsure"]


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
    other = by_recording([Answer("a", 5, 10, "HIGH", "present", "Ana")])
    assert answer_about(EVENT, other) is None
