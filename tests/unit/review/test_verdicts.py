"""Files of verdicts as the page hands them out, and as people change them."""

import pytest

from anurans.common.errors import UserError
from anurans.common.tables import write_table
from anurans.review.agreement import list_disagreements, measure_agreement
from anurans.review.queues import QUEUE
from anurans.review.verdicts import VERDICT, put_together, read_verdicts

from .answers import row


def queue_of(rows):
    return [{what: cells[what] for what in QUEUE} for cells in rows]


@pytest.fixture
def read(tmp_path):
    """Write rows as a file of verdicts, and read it against the queue."""

    def reading(*files, queue):
        paths = []
        for number, rows in enumerate(files):
            paths.append(tmp_path / f"verdicts-{number}.csv")
            write_table(paths[-1], VERDICT, rows)
        return read_verdicts(map(str, paths), queue, "default")

    return reading


def test_each_answer_is_read_with_its_line(read):
    rows = [
        row("q1", "A", "present", note="two of them\nand rain"),
        row("q1", "B", "absent"),
        row("q2", "A", "unsure", quality="distorted"),
    ]
    answers, notes = read(rows, queue=queue_of(rows))
    assert [(one.key[1:], one.answer, one.line) for one in answers] == [
        (("q1", "A"), "present", 2),
        (("q1", "B"), "absent", 4),
        (("q2", "A"), "unsure", 5),
    ]
    assert not notes


def test_the_later_answer_of_a_person_counts_and_it_is_said(read):
    rows = [
        row("q1", "A", "present", answered_at="2025-03-01T21:00:00Z"),
        row("q1", "A", "absent", answered_at="2025-03-01T20:00:00Z"),
        row("q2", "A", ""),
    ]
    answers, notes = read(rows, queue=queue_of(rows))
    assert [one.answer for one in answers] == ["present"]
    assert notes[0].endswith("1 answer given twice; the later one counts.")
    assert notes[1].endswith("1 row without an answer.")


def test_what_was_suggested_or_found_counts_nothing_and_it_is_said(read):
    rows = [row("q1", "A", "present"), row("q1", "A", "absent", kind="teach", queue="teach-1")]
    answers, notes = read(rows, queue=queue_of(rows[:1]))
    assert [one.answer for one in answers] == ["present"]
    assert "1 answer about what was suggested or searched for" in notes[0]


def test_who_confirms_may_use_what_was_suggested_or_found_too(tmp_path):
    taught = row("q9", "A", "present", kind="teach", queue="teach-1")
    write_table(tmp_path / "verdicts.csv", VERDICT, [taught])
    answers, notes = read_verdicts([str(tmp_path / "verdicts.csv")], [], chosen_too=True)
    assert [(one.answer, one.row["queue"]) for one in answers] == [("present", "teach-1")]
    assert not notes


@pytest.mark.fault(
    "Review",
    "a time that is not a number, in verdicts on suggested or found clips",
    sees="line 2: found start '0:05'; expected a number of s",
    kept="nothing that verdicts change is exported",
)
def test_what_is_held_against_no_queue_must_be_right_all_the_same(tmp_path, sees):
    taught = row("q9", "A", "present", kind="teach", queue="teach-1")
    for wrong, told in (
        ({"answer": "yes"}, "line 2: found answer 'yes'"),
        ({"start": "0:05"}, sees),
    ):
        write_table(tmp_path / "verdicts.csv", VERDICT, [taught | wrong])
        with pytest.raises(UserError) as error:
            read_verdicts([str(tmp_path / "verdicts.csv")], [], chosen_too=True)
        assert told in str(error.value)


def test_digits_that_a_spreadsheet_took_away_are_no_change(read):
    rows = [row("q1", "A", "present")]
    saved = [rows[0] | {"start": "5", "end": "10.0", "probability": "0.100"}]
    answers, _ = read(saved, queue=queue_of(rows))
    assert len(answers) == 1


def test_a_species_that_somebody_added_was_not_asked_about(read):
    rows = [row("q1", "A", "absent")]
    empty = dict.fromkeys(("stratum", "stratum_size", "stratum_drawn", "probability", "score"), "")
    answers, _ = read([*rows, row("q1", "C", "present", **empty)], queue=queue_of(rows))
    assert [(one.asked, one.answer) for one in answers] == [(True, "absent"), (False, "present")]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            {"answer": "yes?"},
            marks=pytest.mark.fault(
                "Review",
                "a file of verdicts with an unknown answer",
                sees="line 3: found answer 'yes?'; expected present, absent, unsure",
                kept="nothing is read",
            ),
        ),
        pytest.param(
            {"probability": "0.9"},
            marks=pytest.mark.fault(
                "Review",
                "a file of verdicts in which cells of the queue were changed by hand",
                sees="line 3: found probability '0.9'; expected '0.1', as in the queue count-1",
                kept="nothing is read",
            ),
        ),
        pytest.param(
            {"question": "q9"},
            marks=pytest.mark.fault(
                "Review",
                "verdicts of a queue that is not there",
                sees="line 3: found question q9 of queue count-1, which is not there",
                kept="nothing is read",
            ),
        ),
        pytest.param(
            {"who": " "},
            marks=pytest.mark.fault(
                "Review",
                "a verdict without a name",
                sees="line 3: found no name in the column who",
                kept="nothing is read",
            ),
        ),
        pytest.param(
            {"answered_at": "1.3.25"},
            marks=pytest.mark.fault(
                "Review",
                "a verdict with a time that a spreadsheet rewrote",
                sees="line 3: found answered_at '1.3.25'; expected a date and time",
                kept="nothing is read",
            ),
        ),
        pytest.param(
            {"species": "C"},
            marks=pytest.mark.fault(
                "Review",
                "a species added to a question as if it had been drawn",
                sees="line 3: found C, which was not asked about in question q2",
                kept="nothing is read",
            ),
        ),
    ],
)
def test_a_line_that_cannot_be_is_refused(read, changed, sees):
    rows = [row("q1", "A", "present"), row("q2", "A", "absent")]
    with pytest.raises(UserError) as error:
        read([rows[0], rows[1] | changed], queue=queue_of(rows))
    assert sees in str(error.value) and "verdicts-0.csv, line 3" in str(error.value)


@pytest.mark.fault(
    "Review",
    "verdicts of a queue that was deleted and drawn anew",
    sees="(and 29 more). Restore results/review/queues/count-1.csv",
    kept="nothing is read",
)
@pytest.mark.parametrize("there", [True, False])
def test_answers_to_another_queue_are_told_once(read, there, sees):
    rows = [row(f"q{n}", "A", "present") for n in range(30)]
    drawn = queue_of([each | {"recording": "R2"} for each in rows]) if there else []
    with pytest.raises(UserError) as error:
        read(rows, queue=drawn)
    assert sees in str(error.value) and str(error.value).count("verdicts-0.csv") == 1


def test_an_id_with_leading_zeros_is_not_a_number(read):
    rows = [row("q1", "A", "present", recording="007")]
    with pytest.raises(UserError, match="found recording '7'; expected '007'"):
        read([rows[0] | {"recording": "7"}], queue=queue_of(rows))


def test_a_person_is_one_however_the_name_is_written(read):
    rows = [row("q1", "A", "present", who="Ana  Luz"), row("q2", "A", "absent", who="Ana Luz")]
    again = row("q1", "A", "absent", who="ana luz ", answered_at="2025-03-02T20:15:00Z")
    answers, _ = read(rows, [again], queue=queue_of(rows))
    assert [(one.who, one.answer) for one in answers] == [("Ana Luz", "absent")] * 2


def test_answers_under_another_label_rule_are_told(read):
    rows = [row("q1", "A", "present"), row("q2", "A", "absent", rule="any part of a call")]
    answers, notes = read(rows, queue=queue_of(rows))
    assert len(answers) == 2
    assert notes[0].startswith("warning:") and "1 answer given under another" in notes[0]


def answered(read, **people):
    """Answers of several people to questions about A, one letter each."""
    words = {"p": "present", "a": "absent", "u": "unsure"}
    files = [
        [row(f"q{n}", "A", words[of], who=who) for n, of in enumerate(given, 1) if of != "."]
        for who, given in people.items()
    ]
    asked = queue_of([row(f"q{n}", "A", "") for n in range(1, 50)])
    return read(*files, queue=asked)[0]


def test_most_people_are_right_and_ties_are_unsure(read):
    answers = answered(read, Ana="ppap", Rui="paap", Eva="pa.u")
    said = [one.answer for one in put_together(answers)]
    assert said == ["present", "absent", "absent", "present"]


def test_two_people_who_differ_leave_it_open(read):
    answers = answered(read, Ana="ppa", Rui="pap")
    assert [one.answer for one in put_together(answers)] == ["present", "unsure", "unsure"]
    listed = list_disagreements(answers)
    assert [(of["question"], of["answers"]) for of in listed] == [
        ("q2", "Ana: present; Rui: absent"),
        ("q3", "Ana: absent; Rui: present"),
    ]


def test_cohens_kappa_is_that_of_the_hand(read):
    # 20 both yes, 5 and 10 apart, 15 both no: the usual example, kappa 0.4.
    pairs = ["pp"] * 20 + ["pa"] * 5 + ["ap"] * 10 + ["aa"] * 14
    answers = answered(read, Ana="".join(p[0] for p in pairs), Rui="".join(p[1] for p in pairs))
    (_, row) = measure_agreement(answers)
    n, chance = 49, (25 * 30 + 24 * 19) / 49**2
    assert (row["questions"], row["agreed"], row["measure"]) == (49, 34, "Cohen")
    assert row["kappa"] == pytest.approx((34 / n - chance) / (1 - chance))


def test_fleiss_kappa_is_that_of_the_hand(read):
    answers = answered(read, Ana="ppaa", Rui="ppap", Eva="paaa")
    (_, row) = measure_agreement(answers)
    # Agreement of pairs 1, 1/3, 1, 1/3; shares 6/12 and 6/12... of present 6, of absent 6.
    found = (1 + 1 / 3 + 1 + 1 / 3) / 4
    assert row["measure"] == "Fleiss"
    assert row["kappa"] == pytest.approx((found - 0.5) / 0.5)


def test_kappa_of_one_answer_alone_is_not_known(read):
    (_, row) = measure_agreement(answered(read, Ana="ppp", Rui="ppp"))
    assert row["agreed"] == 3 and row["kappa"] is None
    assert measure_agreement(answered(read, Ana="ppp")) == []
