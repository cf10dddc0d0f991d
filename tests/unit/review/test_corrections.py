"""Label files corrected by hand, and by verdicts."""

import pytest

from anurans.annotations.formats import Annotation, read_annotations
from anurans.annotations.labels import LabelRule
from anurans.common.errors import UserError
from anurans.review.corrections import AUDACITY, RAVEN, change_rows, correct, doubt_yield

from .answers import row, verdict

TEXT = (
    b"0.500000\t3.000000\tBOAALB_M\r\n\\\t500.0\t1500.0\r\n\r\n"
    b"12.000000\t48.250000\tPHYCUV_F\r\n7.0\t8.0\tBOAALB_C"
)


def called(line, start, end, species):
    return Annotation(start, end, species, "", None, None, line)


CALLS = [
    called(1, 0.5, 3.0, "BOAALB"),
    called(4, 12.0, 48.25, "PHYCUV"),
    called(5, 7.0, 8.0, "BOAALB"),
]


def corrected(*verdicts, data=TEXT, calls=CALLS, kind=AUDACITY):
    return correct(data, kind, calls, verdicts, {"BOALUN": "BOALUN_M"}, "R1.txt", LabelRule())


def doubt(question, species, answer, **other):
    return verdict(question, species, answer, queue="doubt-1", kind="doubt", **other)


def test_what_was_not_there_goes_with_its_band_and_the_rest_stays():
    data, changes = corrected(doubt("q0", "BOAALB", "absent"))
    assert data == TEXT.split(b"\r\n", 2)[2]
    assert [(each.line, each.old, each.new) for each in changes] == [
        (1, "0.500000\t3.000000\tBOAALB_M", "")
    ]


def test_a_long_annotation_loses_the_clip_alone():
    data, changes = corrected(doubt("q4", "PHYCUV", "absent"))
    assert data == TEXT.replace(
        b"12.000000\t48.250000\tPHYCUV_F\r\n",
        b"12.000000\t20.000000\tPHYCUV_F\r\n25.000000\t48.250000\tPHYCUV_F\r\n",
    )
    assert changes[0].new == "12.000000\t20.000000\tPHYCUV_F | 25.000000\t48.250000\tPHYCUV_F"


def test_a_missing_call_is_added_behind_the_last_line():
    data, changes = corrected(doubt("q10", "BOALUN", "present"))
    assert data == TEXT + b"\r\n50.000000\t55.000000\tBOALUN_M\r\n"
    assert changes[0].line == 0
    box = {"event_start": "51", "event_end": "53.5", "fmin": "400", "fmax": "900"}
    data, _ = corrected(doubt("q10", "BOALUN", "present", **box))
    assert data.endswith(b"\r\n51.000000\t53.500000\tBOALUN_M\r\n\\\t400.000000\t900.000000\r\n")


def test_an_annotation_that_grazes_a_clip_is_no_call_of_it():
    # 0.2 s of a call of 3 s reach into the clip from 15 s: not by the rule.
    data, calls = b"12.2\t15.2\tBOALUN\n", [called(1, 12.2, 15.2, "BOALUN")]
    heard = doubt("q3", "BOALUN", "present", stratum="missing")
    found, changes = corrected(heard, data=data, calls=calls)
    assert found == data + b"15.000000\t20.000000\tBOALUN_M\n" and len(changes) == 1
    # Taken over, the same answer changes nothing more.
    taken = [*calls, called(2, 15.0, 20.0, "BOALUN")]
    assert corrected(heard, data=found, calls=taken) == (found, [])
    anywhere = LabelRule("any")
    assert correct(data, AUDACITY, calls, [heard], {}, "R1.txt", anywhere) == (data, [])


def test_what_was_right_or_unsure_changes_no_byte():
    given = (
        doubt("q0", "BOAALB", "present"),
        doubt("q4", "PHYCUV", "unsure"),
        doubt("q10", "BOALUN", "absent"),
    )
    assert corrected(*given) == (TEXT, [])


def test_two_neighbouring_clips_take_away_both_parts():
    given = doubt("q4", "PHYCUV", "absent"), doubt("q5", "PHYCUV", "absent")
    data, _ = corrected(*given)
    assert b"20.000000\tPHYCUV_F\r\n30.000000\t48.250000" in data


def test_a_recording_without_calls_gets_its_first():
    data, _ = corrected(doubt("q0", "BOALUN", "present"), data=b"", calls=[])
    assert data == b"0.000000\t5.000000\tBOALUN_M\n"


def test_the_corrected_file_is_read_as_what_was_heard():
    given = doubt("q4", "PHYCUV", "absent"), doubt("q10", "BOALUN", "present")
    data, _ = corrected(*given)
    reading = read_annotations(data, "R1.txt", ("BOAALB", "PHYCUV", "BOALUN"), str, "R1")
    calls = [(call.start, call.end, call.species) for call in reading.annotations["R1"]]
    assert not reading.problems
    assert sorted(calls) == [
        *((0.5, 3.0, "BOAALB"), (7.0, 8.0, "BOAALB"), (12.0, 20.0, "PHYCUV")),
        *((25.0, 48.25, "PHYCUV"), (50.0, 55.0, "BOALUN")),
    ]


RAVEN_TEXT = (
    b"Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)"
    b"\tSpecies\tNote\n1\tSpectrogram 1\t1\t0.5\t3\t500.0\t1500.0\tBOAALB\tloud\n"
    b"7\tSpectrogram 1\t1\t12\t48\t300.0\t900.0\tPHYCUV\t\n"
)


def test_a_selection_table_is_corrected_by_rows():
    calls = [called(2, 0.5, 3.0, "BOAALB"), called(3, 12, 48, "PHYCUV")]
    given = doubt("q9", "PHYCUV", "absent"), doubt("q1", "BOALUN", "present")
    data, changes = corrected(*given, data=RAVEN_TEXT, calls=calls, kind=RAVEN)
    assert data == RAVEN_TEXT.replace(b"\t12\t48\t", b"\t12.000000\t45.000000\t") + (
        b"8\tSpectrogram 1\t1\t5.000000\t10.000000\t300.0\t1500.0\tBOALUN_M\t\n"
    )
    assert len(changes) == 2


def test_the_list_says_what_who_and_why():
    (told,) = change_rows("R1", "R1.txt", corrected(doubt("q0", "BOAALB", "absent"))[1])
    assert (told["recording"], told["line"], told["who"], told["why"]) == (
        *("R1", 1, "Ana", "drawn at random"),
    )


@pytest.mark.fault(
    "Review",
    "verdicts that would correct a selection table without times",
    sees="R1.txt, line 1: no column End Time (s); found: Selection",
    kept="nothing is corrected",
)
def test_what_cannot_be_corrected_is_refused(sees):
    data = b"Selection\tBegin Time (s)\tSpecies\n"
    with pytest.raises(UserError) as error:
        corrected(doubt("q0", "A", "present"), data=data, calls=[], kind=RAVEN)
    assert sees in str(error.value)


def test_the_yield_counts_what_was_wrong_of_what_was_answered():
    asked = [
        row(
            f"q{n}", "A", "", queue="doubt-1", kind="doubt", stratum="wrong" if n < 6 else "missing"
        )
        for n in range(10)
    ]
    answers = ["absent"] * 3 + ["present", "unsure", None, "present", "absent", None, None]
    given = [doubt(f"q{n}", "A", of) for n, of in enumerate(answers) if of]
    missing, wrong = doubt_yield(given, asked)
    assert [wrong[what] for what in ("asked", "answered", "unsure", "wrong")] == [6, 5, 1, 3]
    assert (missing["answered"], missing["wrong"], missing["share"]) == (2, 1, 0.5)
    assert wrong["lower"] < 0.75 == wrong["share"] < wrong["upper"] < 1
