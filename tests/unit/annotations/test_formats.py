from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from anurans.annotations.formats import (
    GRADES,
    Annotation,
    detect_format,
    read_annotations,
    split_label,
)

SPECIES = ("BOAALB", "PHYCUV", "BOALUN")
SHARED = Path(__file__).parents[3].parent / "shared/data"
RAVEN = "Selection\tView\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tSpecies\n"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"real annotations are read from {SHARED}, which is absent"
)


def read(text, recording="A", **settings):
    data = text if isinstance(text, bytes) else text.encode()
    known = {"A", "B"}

    def resolve(name):
        stem = name.rpartition("/")[2].removesuffix(".wav")
        return stem if stem in known else None

    return read_annotations(data, "x.txt", SPECIES, resolve, recording, **settings)


def calls(text, **settings):
    reading = read(text, **settings)
    assert [str(problem) for problem in reading.problems] == []
    return reading.annotations["A"]


def problems(text, **settings):
    return [str(problem) for problem in read(text, **settings).problems]


BOA = Annotation(1.0, 2.5, "BOAALB", "far", None, None)
BOX = Annotation(1.0, 2.5, "BOAALB", "far", 300.0, 900.5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BOAALB", ("BOAALB", "")),
        ("BOAALB_F", ("BOAALB", "far")),
        ("BOAALB_L", ("BOAALB", "far")),
        ("BOAALB_FAR", ("BOAALB", "far")),
        ("BOAALB_M", ("BOAALB", "medium")),
        ("BOAALB_MED", ("BOAALB", "medium")),
        ("BOAALB_C", ("BOAALB", "clear")),
        ("BOAALB_H", ("BOAALB", "clear")),
        ("BOAALB_CLR", ("BOAALB", "clear")),
        ("BOAALB_CHO", ("BOAALB", "")),
        ("BOAALB_OVL", ("BOAALB", "")),
        ("DENCRU_M", ("DENCRU", "medium")),
        ("DENCRU_x", ("DENCRU_x", "")),
        ("_F", ("_F", "")),
        ("rain", ("rain", "")),
    ],
)
def test_label_is_split_into_species_and_grade(text, expected):
    assert split_label(text, SPECIES) == expected


def test_a_configured_species_may_hold_an_underscore_or_look_graded():
    assert split_label("BOA_F", ["BOA_F", "BOA"]) == ("BOA_F", "")
    assert split_label("BOA_F_M", ["BOA_F", "BOA"]) == ("BOA_F", "medium")
    assert split_label("BOA_M", ["BOA_F", "BOA"]) == ("BOA", "medium")


@pytest.mark.parametrize("grade", ["X", "f", "", "F_2", "CLEAR"])
def test_unknown_grade_of_a_configured_species_is_refused(grade):
    with pytest.raises(ValueError, match=f'unknown grade "{grade}" of BOAALB'):
        split_label(f"BOAALB_{grade}", SPECIES)


def test_annotations_sort_by_every_field_with_unknown_frequencies_first():
    assert sorted([BOX, BOA], key=Annotation.key) == [BOA, BOX]
    zero = Annotation(1.0, 2.5, "BOAALB", "far", 0.0, 900.5)
    assert sorted([BOX, zero, BOA], key=Annotation.key) == [BOA, zero, BOX]


@pytest.mark.parametrize(
    "text",
    [
        "1.0\t2.5\tBOAALB_F\n",
        "1\t2.5\tBOAALB_F",
        "1.0\t2.5\tBOAALB_F\r\n\r\n",
        "1.0\t2.5\tBOAALB_F\r",
        "\ufeff1.0\t2.5\tBOAALB_F\n",
        "\n  \n 1.0 \t2.5\t BOAALB_F \n\t\n",
        "1.0\t2.5\tBOAALB_F\n".encode("utf-16"),
        b"\xfe\xff" + "1.0\t2.5\tBOAALB_F\r\n".encode("utf-16-be"),
        "start,end,label\n1.0,2.5,BOAALB_F\n",
        "label;start;end\r\nBOAALB_F;1.0;2.5",
        "min_t\tmax_t\tlabel\n1.0\t2.5\tBOAALB_F\n",
        "\ufeffStart,End,Species\n1.0,2.5,BOAALB_F\n",
        '"start","end","label","note"\n1.0,2.5,"BOAALB_F","faint, and\nlong"\n',
        "recording,start,end,label\nA,1.0,2.5,BOAALB_F\n",
        "recording,start,end,label\n,1.0,2.5,BOAALB_F,,\n,,,\n\n",
        "Selection\tBegin Time (s)\tEnd Time (s)\tSpecies\n1\t1.0\t2.5\tBOAALB_F\n",
        "start\tend\tlabel\n1.0\t2.5\tBOAALB_F\n".encode("utf-16"),
    ],
)
def test_one_call_is_read_from_every_format_encoding_and_line_end(text):
    assert calls(text) == [BOA]


@pytest.mark.parametrize("text", ["", "\n", "\r\n  \r\n", "\ufeff", "\ufeff".encode("utf-16-le")])
@pytest.mark.parametrize("format", ["auto", "audacity", "raven", "table"])
def test_an_empty_file_is_annotated_with_nothing(text, format):
    assert read(text, format=format).annotations == {"A": []}
    assert problems(text, format=format) == []


@pytest.mark.parametrize("text", [RAVEN, "start,end,label\n"])
def test_a_header_alone_is_annotated_with_nothing(text):
    assert calls(text) == []


def test_frequency_lines_may_follow_any_label():
    text = "1.0\t2.5\tBOAALB_F\n\\\t300.0\t900.5\n1.0\t2.5\tBOAALB_F\n"
    assert calls(text) == [BOX, BOA]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("-1.000000", "-1.000000", (None, None)),
        ("300.5", "-1", (300.5, None)),
        ("0", "0", (0.0, 0.0)),
        ("300", "300", (300.0, 300.0)),
    ],
)
def test_negative_frequencies_are_unknown(low, high, expected):
    (call,) = calls(f"1\t2\tBOAALB\n\\\t{low}\t{high}\n")
    assert (call.fmin, call.fmax) == expected


def test_point_labels_and_negative_zero():
    (call,) = calls("-0.0\t0.0\tBOAALB\n")
    assert repr((call.start, call.end)) == "(0.0, 0.0)"


def test_tables_hold_frequencies_under_usual_names():
    header = "fname,min_t,max_t,min_f,max_f,label\n"
    assert calls(f"{header}A.wav,1,2.5,300,900.5,BOAALB_F\nA,1,2.5,,NA,BOAALB_F\n") == [BOX, BOA]


def test_tables_of_monitorasom_hold_khz():
    header = "soundscape_file,roi_label,roi_start,roi_end,roi_min_freq,roi_max_freq\n"
    assert calls(f"{header}A.wav,BOAALB_F,1,2.5,0.3,0.9005\n") == [BOX]


def test_columns_are_found_by_configured_names():
    text = "inicio,fin,especie,start\n1,2.5,BOAALB_F,9\n"
    columns = {"start": "inicio", "end": "fin", "label": "Especie"}
    assert calls(text, columns=columns) == [BOA]


def test_a_raven_selection_counts_once_for_all_its_views():
    rows = ["Waveform 1", "Spectrogram 1"]
    text = "".join(f"7\t{view}\t1.0\t2.5\t300.0\t900.5\tBOAALB_F\n" for view in rows)
    assert calls(RAVEN + text) == [BOX]
    others = text.replace("7\t", "8\t").replace("1.0\t2.5", "1.0\t2.75")
    assert [call.end for call in calls(RAVEN + text + others)] == [2.5, 2.75]


def test_the_label_column_of_raven_is_the_first_usual_one_or_configured():
    text = "Begin Time (s)\tEnd Time (s)\tTag\tAnnotation\tCall\n1\t2.5\tx\tBOAALB_F\ty\n"
    assert calls(text) == [BOA]
    assert calls(text, columns={"label": "Call"})[0].species == "y"


def test_raven_times_are_those_within_the_file():
    header = "Begin Time (s)\tEnd Time (s)\tFile Offset (s)\tBegin File\tTag\n"
    text = f"{header}61.0\t62.5\t1.0\tA.wav\tBOAALB_F\n3\t4\t3\tB.wav\tBOALUN\n"
    reading = read(text, recording=None)
    assert reading.annotations["A"] == [BOA]
    assert [call.start for call in reading.annotations["B"]] == [3.0]


def test_a_table_of_all_recordings_gives_each_its_rows():
    header = "recording,start,end,label\n"
    reading = read(
        f"{header}A,1,2.5,BOAALB_F\nx/B.wav,,,\nC,nonsense,,\nC,,,\nx/A.wav,1,2,BOAALB_F\n",
        recording=None,
    )
    assert reading.annotations == {"A": [BOA, replace(BOA, end=2.0)], "B": []}
    assert reading.without_recording == {"C": 2}
    assert reading.problems == []


def test_rows_written_by_r_hold_na_where_nothing_was_heard():
    reading = read("recording,start,end,label\nA,NA,NA,NA\n", recording=None)
    assert (reading.annotations, reading.problems) == ({"A": []}, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "audacity"),
        ("1.0\t2.0\tlabel", "audacity"),
        ("1,5\t2,0\tBOAALB", "audacity"),
        ("1.0,2.0,BOAALB", "audacity"),
        ("1.0 2.0 BOAALB", "audacity"),
        ("BOAALB_F", "audacity"),
        ("\\\t100\t200\n", "audacity"),
        (RAVEN, "raven"),
        ("Selection,Begin Time (s),End Time (s)", "raven"),
        ("\nrecording,start,end,label", "table"),
        ("fname;min_t;max_t", "table"),
        ("inicio,fin,especie", "table"),
    ],
)
def test_format_is_told_by_the_first_line(text, expected):
    assert detect_format(text) == expected


def test_format_is_told_by_configured_columns():
    assert detect_format("call 1\tx\n", {"label": "call 1"}) == "table"


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        ("x\t2\tB", 'start "x", not a number', "a number of seconds"),
        ("1_0\t20\tB", 'start "1_0", not a number', "a number of seconds"),
        ("1\t\tB", "empty end", "a number of seconds"),
        ("1,5\t2\tB", 'start "1,5"', "a number of seconds (decimal comma; use a point)"),
        ("-1\t2\tB", 'negative start "-1"', "a number of seconds, 0 or more"),
        ("1\tnan\tB", 'end "nan"', "a finite number of seconds"),
        ("1\tinf\tB", 'end "inf"', "a finite number of seconds"),
        ("2\t1.5\tB", 'end "1.5" before start "2"', "an end at or after the start"),
        ("1\t2\t ", "empty label", "a species code, with or without a grade"),
        ("1\t2", '2 fields in "1\t2"', "start<TAB>end<TAB>label"),
        ("1\t2\tB\tC", '4 fields in "1\t2\tB\tC"', "start<TAB>end<TAB>label"),
        ("1 2 B", 'no tab in "1 2 B"', "start<TAB>end<TAB>label"),
        (
            "1\t2\tBOAALB_X",
            'unknown grade "X" of BOAALB in label "BOAALB_X"',
            f"no grade or one of {', '.join(GRADES)}",
        ),
        ("0\t1\tB\n\\\t9", '2 fields in "\\\t9"', "\\<TAB>low<TAB>high"),
        ("0\t1\tB\n\\\t9\tx", 'high frequency "x", not a number', "a number of Hz"),
        ("0\t1\tB\n\\\t9\tnan", 'high frequency "nan"', "a finite number of Hz"),
        (
            "0\t1\tB\n\\\t9\t8",
            'high frequency "8" below low frequency "9"',
            "high at or above low",
        ),
        (
            "0\t1\tB\n\\\t8\t9\n\\\t8\t9",
            "a frequency line without a label line before it",
            "start<TAB>end<TAB>label before \\<TAB>low<TAB>high",
        ),
    ],
)
def test_a_malformed_audacity_line_is_a_problem(line, found, expected):
    at = 3 + line.count("\n")
    text = f"\n0\t1\tBOAALB_F\n{line}\n5\t6\tBOAALB_F\n"
    assert problems(text) == [f"x.txt, line {at}: found {found}; expected {expected}"]
    # What could be read is there, and the label after the malformed line is not lost.
    assert read(text).annotations["A"][-1].start == 5


def test_a_frequency_line_at_the_start_of_a_file_is_a_problem():
    (problem,) = problems("\\\t8\t9\n")
    assert problem.startswith("x.txt, line 1: found a frequency line without a label line before")


def test_a_frequency_line_after_a_malformed_label_is_no_second_problem():
    assert len(problems("x\t2\tBOAALB\n\\\t8\t9\n")) == 1


def test_all_problems_of_a_file_are_collected():
    text = "x\ty\tBOAALB_X\n1\t2\tBOAALB\n\\\ta\tb\n4\t3\t\n1 2 B\n"
    assert [problem.split(":")[0] for problem in problems(text, format="audacity")] == [
        *["x.txt, line 1"] * 3,
        *["x.txt, line 3"] * 2,
        *["x.txt, line 4"] * 2,
        "x.txt, line 5",
    ]


@pytest.mark.parametrize(
    ("row", "found", "expected"),
    [
        ("A;1,5;2;B;;", 'start "1,5"', "a number of seconds (decimal comma; use a point)"),
        ("A;1;2;B;9;8", 'high frequency "8" below low frequency "9"', "high at or above low"),
        ("A;1;2;B", "4 fields", "6, as in the header"),
        ("A;1;2;B;8;9;z", "7 fields", "6, as in the header"),
        (";1;2;B;8;9", 'recording ""', "the name of a recording"),
        ("A;1;2;;8;9", "empty label", "a species code, with or without a grade"),
        ("A;1;;;;", "empty end", "a number of seconds"),
        ('A;1;2;"B\nB";8;9', "a label over several lines", "a species code"),
        ('A;1;2;"B;8;9', "a quote out of place", "quotes around whole fields"),
    ],
)
def test_a_malformed_row_of_a_table_is_a_problem(row, found, expected):
    text = f'recording;start;end;label;low_f;high_f\nB;1;2;"B";;\n\n{row}\n'
    first = problems(text, recording=None)[0]
    assert first.startswith(f"x.txt, line 4: found {found}")
    assert f"; expected {expected}" in first


def test_a_row_after_a_quoted_line_break_has_its_own_line_number():
    (problem,) = problems('start,end,label,note\n1,2,B,"one\ntwo"\nx,2,B,\n')
    assert problem.startswith('x.txt, line 4: found start "x"')


@pytest.mark.parametrize("name", ["B", "C"])
def test_a_row_of_another_recording_in_the_file_of_one_is_a_problem(name):
    assert problems(f"recording,start,end,label\n{name},1,2,B\n") == [
        f'x.txt, line 2: found recording "{name}"; expected A, as the file is named'
    ]


def test_missing_columns_are_named_with_those_that_are_there():
    (problem,) = problems("fname,start,stop\nA,1,2\n", recording=None)
    assert problem.startswith("x.txt, line 1: found the columns fname, start, stop; expected")
    assert "end (end or max_t or" in problem
    assert "label (label or" in problem
    assert "start (" not in problem
    (problem,) = problems("start,end,label\n1,2,B\n", recording=None)
    assert "expected columns for recording (recording or fname or" in problem
    (problem,) = problems(RAVEN.replace("Species", "Notes"))
    assert "expected columns for label (annotation or" in problem
    (problem,) = problems("start,end,label\n", columns={"fmin": "Lowest"})
    assert problem.endswith("expected columns for fmin (lowest)")


def test_two_columns_of_one_name_are_a_problem():
    (problem,) = problems("start,start,end,label\n1,2,3,B\n")
    assert problem.endswith("expected columns for start (one column start, not 2)")


def test_an_audacity_file_for_all_recordings_is_a_problem():
    (problem,) = problems("1\t2\tB\n", recording=None)
    assert problem.startswith("x.txt, line 1: found no header: an Audacity label file")


def test_a_forced_format_is_kept():
    assert "no tab" in problems("start,end,label\n", format="audacity")[0]
    assert "the columns 1, 2, B" in problems("1\t2\tB\n", format="table")[0]
    assert "the columns start, end, label" in problems("start,end,label\n", format="raven")[0]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"1\t2\tB\r\n1\t2\tRan\xe3\r\n", "line 2: found byte 0xe3, which is not utf-8"),
        ("1\t2\tB\n".encode("utf-16-le"), "line 1: found NUL bytes (UTF-16 without a byte-order"),
        (b"\xff\xfe1", "line 1: found byte 0x31, which is not utf-16"),
    ],
)
def test_undecodable_bytes_are_a_problem(data, found):
    (problem,) = problems(data)
    assert problem.startswith(f"x.txt, {found}")
    assert problem.endswith("expected UTF-8 text (save the file again as UTF-8)")


@needs_shared
def test_the_label_files_of_inct41():
    files = sorted((SHARED / "inct41_annotations").glob("*.txt"))
    readings = [read(file.read_bytes()) for file in files]
    found = [call for reading in readings for call in reading.annotations["A"]]
    assert not any(reading.problems for reading in readings)
    assert len(files) == 366
    assert sum(not reading.annotations["A"] for reading in readings) == 128
    assert len(found) == 2082
    assert Counter((call.species, call.grade) for call in found) == {
        ("BOAALB", "far"): 715,
        ("BOALUN", "far"): 655,
        ("PHYCUV", "far"): 232,
        ("BOAALB", "medium"): 211,
        ("PHYMAR", "far"): 74,
        ("BOALUN", "medium"): 49,
        ("DENCRU", "far"): 42,
        ("PITAZU", "far"): 29,
        ("PHYCUV", "medium"): 28,
        ("DENCRU", "medium"): 13,
        ("PHYMAR", "medium"): 9,
        ("PITAZU", "medium"): 9,
        ("BOALUN", "clear"): 9,
        ("PHYMAR", "clear"): 7,
    }
    assert max(call.end for call in found) == pytest.approx(60.463, abs=5e-4)
