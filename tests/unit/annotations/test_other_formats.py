"""Annotations of other programs: each row of a file is a call, or told, or counted."""

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import workbook

from anurans.annotations.formats import Annotation, detect_format, read_annotations
from anurans.annotations.rows import sheets

SPECIES = ("BOAALB", "PHYCUV")
CASES = Path(__file__).parents[3].parent / "shared/cases"
BOA = Annotation(1.0, 2.5, "BOAALB", "", None, None)
fuzz = settings(
    max_examples=int(os.environ.get("FUZZ", "200")),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def resolve(name):
    stem = name.replace("\\", "/").rpartition("/")[2].removesuffix(".wav")
    return stem if stem in ("A", "B") else None


def read(data, recording="A", file="x.txt", **how):
    data = data if isinstance(data, bytes) else data.encode()
    return read_annotations(data, file, SPECIES, resolve, recording, **how)


def problems(reading):
    return [str(problem) for problem in reading.problems]


def accounted(reading, rows, are_lines=True):
    """Check that each row of a file is used, told or counted."""
    used = sum(map(len, reading.annotations.values()))
    told = {
        line
        for problem in reading.problems
        for line in range(problem.line, problem.line + (problem.lines if are_lines else 1))
    }
    counted = reading.passed.total() + reading.without_recording.total()
    assert (reading.rows, used + len(told) + counted) == (rows, rows)


KALEIDOSCOPE = "INDIR,FOLDER,IN FILE,CHANNEL,OFFSET,DURATION,Fmin,TOP1MATCH,MANUAL ID\n"


def test_kaleidoscope():
    rows = "D:/pond,2024,A.wav,0,1.0,1.5,900,x,BOAALB\nD:/pond,2024,A.wav,0,4,2,900,y,\n"
    reading = read(KALEIDOSCOPE + rows, None)
    assert reading.problems == []
    assert reading.annotations == {"A": [BOA]}
    assert dict(reading.passed) == {("no label", "A"): 1}
    accounted(reading, 2)
    # Nobody has said what calls in B.
    assert read(f"{KALEIDOSCOPE},,B.wav,0,1,1,,x,\n", None).annotations == {}
    assert read(f"{KALEIDOSCOPE},,B.wav,0,1,1,,x,\n", "B").annotations == {}


@pytest.mark.fault(
    "Annotations",
    "one column that could be start or end (Kaleidoscope's OFFSET)",
    kept="every call, with its end from DURATION",
)
def test_no_column_serves_twice():
    columns = {"recording": "IN FILE", "start": "OFFSET", "label": "MANUAL ID"}
    text = "INDIR,FOLDER,IN FILE,OFFSET,DURATION,TOP1MATCH,MANUAL ID\nD:/,2,A.wav,1,1.5,B,BOAALB\n"
    for how in ({}, {"columns": columns}, {"columns": columns, "format": "table"}):
        assert read(text, None, **how).annotations == {"A": [BOA]}
    (problem,) = problems(read("file,offset,label\nA,1,BOAALB\n", None))
    assert "columns for start" in problem
    (problem,) = problems(read("file,start,label\nA,1,BOAALB\n", None))
    assert "columns for end (end or" in problem and "duration" in problem
    # Points are points only where the config says so.
    both = {"start": "t", "end": "t"}
    assert read("t,label\n1,BOAALB\n", columns=both).annotations["A"][0].end == 1.0


@pytest.mark.parametrize(
    ("cells", "sees"),
    [
        ("1,x,BOAALB", 'duration "x", not a number'),
        ("1,-1,BOAALB", 'negative duration "-1"'),
        ("x,1,BOAALB", 'start "x", not a number'),
        ("1e8,1,BOAALB", "at most 10000000 (in other units?)"),
    ],
)
def test_a_duration_that_is_none_is_told(cells, sees):
    reading = read(f"start,duration,label\n{cells}\n1,1.5,BOAALB\n")
    assert sees in problems(reading)[0]
    assert reading.annotations == {"A": [BOA]}
    accounted(reading, 2)


BIRDNET = {
    "csv": "Start (s),End (s),Scientific name,Common name,Confidence,File\n"
    "1.0,2.5,BOAALB,White-spotted treefrog,0.9,/x/A.wav\n",
    "R": "filepath,start,end,scientific_name,common_name,confidence,lat\n"
    "/x/A.wav,1.0,2.5,BOAALB,White-spotted treefrog,0.9,-1\n",
    "Kaleidoscope": "INDIR,FOLDER,IN FILE,OFFSET,DURATION,scientific_name,common_name,confidence\n"
    "/x,y,A.wav,1.0,1.5,BOAALB,White-spotted treefrog,0.9\n",
    "Raven": "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tCommon Name\tSpecies Code\t"
    "Confidence\tBegin Path\tFile Offset (s)\n"
    "1\tSpectrogram 1\t1\t61.0\t62.5\tx\tBOAALB\t0.9\t/x/A.wav\t1.0\n",
}


@pytest.mark.parametrize("kind", BIRDNET)
def test_tables_of_birdnet(kind):
    reading = read(BIRDNET[kind], None)
    assert (reading.annotations, reading.problems) == ({"A": [BOA]}, [])
    accounted(reading, 1)


def test_labels_of_birdnet_for_audacity():
    reading = read("1.0\t2.5\tBOAALB, White-spotted treefrog\t0.9123\n")
    assert (reading.annotations, reading.problems) == ({"A": [BOA]}, [])


RAVEN = "Selection\tBegin Time (s)\tEnd Time (s)\tBegin File\tSpecies\n"


@pytest.mark.fault(
    "Annotations",
    "a Raven table of several files without `File Offset (s)`: its times count through all of them",
    sees="found 2 files and no column File Offset (s): Raven's Begin Time (s) counts through all "
    "files of a window; expected a column File Offset (s)",
    kept="nothing starts",
)
def test_times_that_count_through_several_files(sees):
    text = f"{RAVEN}1\t2\t3\tA.wav\tBOAALB\n2\t12\t13\tB.wav\tBOAALB\n"
    reading = read(text, None)
    (problem,) = problems(reading)
    assert sees in problem and reading.annotations == {}
    # Times that overlap count from the start of each file; so do those that the config says do.
    own = read(f"{text}3\t2.5\t4\tB.wav\tBOAALB\n", None)
    assert own.problems == [] and len(own.annotations["B"]) == 2
    told = read(text, None, columns={"start": "Begin Time (s)"})
    assert [call.start for call in told.annotations["B"]] == [12.0]
    assert read(text, "A").problems[0].found == 'recording "B.wav"'


def test_begin_path_and_file_offset():
    header = "Selection\tBegin Time (s)\tEnd Time (s)\tBegin Path\tFile Offset (s)\tSpecies\n"
    reading = read(f"{header}1\t61\t62.5\tD:\\pond\\A.wav\t1\tBOAALB\n", None)
    assert (reading.annotations, reading.problems) == ({"A": [BOA]}, [])


def test_notes_of_raven_hold_any_quotes():
    header = RAVEN.replace("Species", "Species\tNotes")
    rows = (
        '1\t1\t2.5\tA.wav\tBOAALB\t"loud" one\n2\t3\t4\tA.wav\tBOAALB\t"\n3\t5\t6\tA.wav\tx\t"a\n'
    )
    reading = read(header + rows, None)
    assert reading.problems == [] and len(reading.annotations["A"]) == 3
    accounted(reading, 3)


@pytest.mark.fault(
    "Annotations",
    'ditto marks (") in a table',
    sees="a ditto mark",
    kept="nothing starts; with `annotations.on_error: skip` all but these rows",
)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('recording,start,end,label\nA,1,2.5,BOAALB\nA,3,4,"\nA,5,6,"\nA,7,8,PHYCUV\n', [3, 4]),
        ('recording,start,end,label\nA,1,2.5,BOAALB\n",3,4,x\n",5,6,x\nA,7,8,PHYCUV\n', [3, 4]),
        ('recording;start;end;label\nA;1;2.5;BOAALB\nA;";4;x\nA;5;";x\nA;7;8;PHYCUV\n', [3, 4]),
        ('start\tend\tlabel\n1\t2.5\tBOAALB\n3\t4\t"\n5\t6\tditto\n7\t8\tPHYCUV\n', [3, 4]),
        ('1\t2.5\tBOAALB\n3\t4\t"\n5\t6\t\u3003\n7\t8\tPHYCUV\n', [2, 3]),
    ],
)
def test_ditto_marks_are_told_row_by_row(text, told, sees):
    reading = read(text, None if text.startswith("recording") else "A")
    assert [problem.line for problem in reading.problems] == told
    assert all(sees in problem for problem in problems(reading))
    assert reading.annotations == {"A": [BOA, Annotation(7.0, 8.0, "PHYCUV", "", None, None)]}
    accounted(reading, 4)


def test_a_ditto_mark_in_a_column_that_is_not_read_hides_no_row():
    text = 'start,end,label,by\n1,2.5,BOAALB,Ana\n3,4,BOAALB,"\n5,6,BOAALB,"\n'
    reading = read(text)
    assert reading.problems == [] and len(reading.annotations["A"]) == 3


def test_a_note_may_have_several_lines_and_a_label_may_not():
    text = 'start,end,label,note\n1,2.5,BOAALB,"faint,\nfar"\n3,4,"x\ny",\n5,6,PHYCUV,\n'
    reading = read(text)
    assert [(problem.line, problem.found) for problem in reading.problems] == [
        (4, "a label over several lines")
    ]
    assert [call.start for call in reading.annotations["A"]] == [1.0, 5.0]


def test_empty_columns_anywhere():
    text = ",,start,,end,label,,\n,,1,,2.5,BOAALB,,\n,,,,,,,\n3,,,,,,,\n"
    reading = read(text)
    assert reading.annotations == {"A": [BOA]}
    assert {problem.line for problem in reading.problems} == {4}
    accounted(reading, 2)


LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 15
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "frogs"
        xmin = 0
        xmax = 15
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 1
            text = ""
        intervals [2]:
            xmin = 1
            xmax = 2.5
            text = "BOAALB"
        intervals [3]:
            xmin = 2.5
            xmax = 15
            text = "a ""loud"" car"
    item [2]:
        class = "TextTier"
        name = "points"
        xmin = 0
        xmax = 15
        points: size = 1
        points [1]:
            number = 7
            mark = "PHYCUV"
"""
SHORT = (
    '"ooTextFile"\n"TextGrid"\n0\n15\n<exists>\n1\n'
    '"IntervalTier"\n"x"\n0\n15\n1\n1\n2.5\n"BOAALB"\n'
)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_textgrids(codec):
    reading = read(LONG.encode(codec))
    assert reading.problems == []
    assert [(call.start, call.end, call.species) for call in reading.annotations["A"]] == [
        (1.0, 2.5, "BOAALB"),
        (2.5, 15.0, 'a "loud" car'),
        (7.0, 7.0, "PHYCUV"),
    ]
    accounted(reading, 4)
    assert read(f"File type = {SHORT}".encode(codec)).annotations == {"A": [BOA]}
    assert detect_format(SHORT) == detect_format(LONG) == "textgrid"


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        (LONG[:400], 21, "found the end of the file; expected"),
        (LONG.replace("size = 3", "size = 2"), 24, "found 2.5; expected"),
        (LONG.replace("xmax = 2.5", "xmax = x"), 22, 'found "BOAALB"; expected the end of an'),
        (LONG.replace('"TextTier"', '"Other"'), 28, 'expected "IntervalTier" or "TextTier"'),
        (LONG.replace('"TextGrid"', '"PitchTier"'), 2, "an object of Praat that is no TextGrid"),
        (LONG + "3", 36, "found 3; expected the end of the file"),
    ],
)
@pytest.mark.fault(
    "Annotations",
    "a TextGrid that is cut short, or has a wrong number of intervals",
    sees="expected",
    kept="nothing starts; with `skip` all others, and this recording counts as not annotated",
)
def test_a_textgrid_that_breaks_off_is_told(text, line, found, sees):
    (problem,) = read(text).problems
    assert problem.whole and problem.line == line
    assert found in str(problem) and sees in str(problem)


SRT = "1\n00:00:01,000 --> 00:00:02,500\nBOAALB\n\n2\n00:01:03,000 --> 01:00:04,000\nPHYCUV\n"
VTT = (
    "WEBVTT\n\nNOTE made by hand\n\n00:01.000 --> 00:02.500\nBOAALB\n\n"
    "x\n00:01:03.000 --> 01:00:04.000 align:left\nPHYCUV\n"
)


@pytest.mark.parametrize(("text", "rows"), [(SRT, 2), (SRT.replace("\n", "\r\n"), 2), (VTT, 3)])
def test_subtitles(text, rows):
    reading = read(text)
    assert reading.problems == []
    late = Annotation(63.0, 3604.0, "PHYCUV", "", None, None)
    assert reading.annotations == {"A": [BOA, late]}
    accounted(reading, rows)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{SRT}\n3\n00:00:99,000 --> 00:00:02,000\nx\n", [(10, "times such as")]),
        (f"{SRT}\nonly words\n", [(9, "times such as")]),
        (f"{SRT}\n3\n00:00:05,000 --> 00:00:04,000\nx\n", [(10, "an end at or after the start")]),
        (f"{SRT}\n3\n00:00:05,000 --> 00:00:06,000\n", [(10, "a species code")]),
        (f"{SRT}4\n00:00:05,000 --> 00:00:06,000\nx\n", [(6, "an empty line before them")]),
        ("WEBVTT\n00:01.000 --> 00:02.500\nBOAALB\n", [(1, "an empty line after WEBVTT")]),
    ],
)
def test_subtitles_that_cannot_be_read_are_told(text, told):
    found = [(problem.line, problem.expected) for problem in read(text).problems]
    assert [line for line, _ in found] == [line for line, _ in told]
    assert all(sees in expected for (_, expected), (_, sees) in zip(found, told, strict=True))


def test_workbooks():
    rows = [["recording", "start", "end", "label", "seen"], ["A.wav", 1, 2.5, "BOAALB", 45000]]
    book = workbook(Notes=[["by", "Ana"]], Calls=[[], *rows, ["Z.wav", 1, 2, "x", None], ["B"]])
    reading = read(book, None, "all.xlsx")
    assert reading.annotations == {"A": [BOA], "B": []}
    assert reading.without_recording == {"Z.wav": 1}
    assert reading.unread == {'sheet "Notes"': 1}
    accounted(reading, 3)
    (problem,) = read(
        workbook(X=[["start", "end", "label"], ["x", 2, "B"]]), "A", "A.xlsx"
    ).problems
    assert (problem.line, problem.found) == (2, 'start "x", not a number')
    assert read(workbook(X=[]), "A", "A.xlsx").annotations == {"A": []}


@pytest.mark.parametrize("data", [b"PK\x03\x04\0\0", b"", b"text", workbook(X=[["start"]])[:300]])
@pytest.mark.fault(
    "Annotations",
    "a workbook that is damaged",
    sees="found no workbook that can be read",
    kept="nothing starts; with `skip` all others, and this recording counts as not annotated",
)
def test_a_workbook_that_is_none(data, sees):
    (problem,) = read(data, "A", "A.xlsx").problems
    assert problem.whole and sees in str(problem)
    assert "\n" not in str(problem)


def test_cells_of_workbooks_are_texts():
    (sheet,) = sheets(workbook(X=[[1, 1.25, "a", None, 1e-7]]))
    assert sheet.header().cells == ["1", "1.25", "a", "", "1e-07"]


CELLS = st.sampled_from(
    ["1", "2.5", "", " ", '"', '""', '"x"', 'a"b', "BOAALB", "PHYCUV_F", "A", "B.wav", "Z", "ditto"]
)
HEADERS = {
    "table": ["recording", "start", "end", "label", "note", ""],
    "durations": ["", "file", "start", "duration", "species", "note"],
    "kaleidoscope": ["FOLDER", "IN FILE", "OFFSET", "DURATION", "MANUAL ID", "note"],
    "raven": ["Selection", "Begin Time (s)", "End Time (s)", "Begin File", "Species", "Notes"],
}


@fuzz
@given(
    rows=st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=6),
    kind=st.sampled_from(list(HEADERS)),
    mark=st.sampled_from(",;\t"),
    owner=st.sampled_from(["A", None]),
)
def test_every_row_of_a_table_is_used_or_listed(rows, kind, mark, owner):
    lines = [mark.join(HEADERS[kind]), *(mark.join(row) for row in rows)]
    reading = read("\n".join(lines), owner)
    if any(problem.whole for problem in reading.problems):
        return
    accounted(reading, sum(any(map(str.strip, row)) for row in rows))


@fuzz
@given(
    rows=st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=6),
    kind=st.sampled_from(["table", "durations", "kaleidoscope"]),
    mark=st.sampled_from(",;\t"),
    all_quoted=st.booleans(),
)
def test_a_table_and_a_workbook_say_the_same(rows, kind, mark, all_quoted):
    file = io.StringIO()
    how = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    csv.writer(file, delimiter=mark, quoting=how, lineterminator="\n").writerows(
        [HEADERS[kind], *rows]
    )
    text = read(file.getvalue(), None)
    book = read(workbook(X=[HEADERS[kind], *rows]), None, "x.xlsx")
    accounted(text, sum(any(map(str.strip, row)) for row in rows))
    assert (text.annotations, text.passed) == (book.annotations, book.passed)
    assert [(p.line, p.found) for p in text.problems] == [(p.line, p.found) for p in book.problems]


PIECES = st.sampled_from(
    [
        *("1\n", "00:00:01,000 --> 00:00:02,500\n", "00:01.000 --> 00:02.500\n", "BOAALB\n"),
        *("\n", "WEBVTT\n", "NOTE x\n", "-->", '"', "x", "0 ", "15 ", '"BOAALB" ', "<exists> "),
        *('"ooTextFile" "TextGrid" 0 15 <exists> 1 "IntervalTier" "x" 0 15 1 ', "\ufeff", "\0"),
    ]
)


@fuzz
@given(
    text=st.lists(PIECES, max_size=20).map("".join),
    format=st.sampled_from(["auto", "textgrid", "subtitles"]),
)
def test_any_labels_give_calls_or_clear_problems(text, format):
    reading = read(text, format=format)
    for problem in reading.problems:
        assert problem.found and problem.expected and "\n" not in str(problem)
    if reading.problems and any(problem.whole for problem in reading.problems):
        return
    if format == "subtitles" or detect_format(text) == "subtitles":
        blocks = [block for block in text.split("\n\n") if block.strip()]
        assert reading.rows <= len(blocks) + text.count("\n") + 1
    accounted(reading, reading.rows, are_lines=False)


@fuzz
@given(data=st.binary(max_size=200))
def test_any_bytes_of_a_workbook(data):
    reading = read(data, "A", "A.xlsx")
    assert reading.problems or reading.annotations == {"A": []}
