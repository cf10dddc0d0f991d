"""Tables of what was listened to, and of where species are present and absent."""

from collections import Counter
from math import inf

import pytest
from workbooks import workbook

from anurans.annotations.counts import clips_touched, count_annotations
from anurans.annotations.formats import LISTENED
from anurans.annotations.known import NOWHERE
from anurans.annotations.sources import AnnotationSource
from anurans.annotations.statements import CHOSEN, read_statements
from anurans.common.errors import UserError

SPECIES = ("BOAALB", "PHYCUV")
LONG = "recording,start,end,species,answer\n"
CALL = "1.0\t2.5\tBOAALB_F\n"


def read(text, name="partial.csv", recordings=("A", "B"), labels=None):
    names = {each: each for each in recordings} | {f"{each}.wav": each for each in recordings}
    data = text if isinstance(text, bytes) else text.encode()
    return read_statements(data, name, SPECIES, names.get, labels)


def said(reading, recording="A"):
    """What is stated of a recording: start, end, what."""
    return [(each.start, each.end, each.species) for each in reading.annotations[recording]]


def test_a_line_for_each_statement():
    found = read(
        f"{LONG}A.wav,5,10,BOAALB,yes\nA,10,15,BOAALB,0\nA,,,PHYCUV,absent\nA,0,30,,listened\n"
        "A,30,40,PHYCUV_F,listened\nA,15,20,BOAALB,unsure\nA,20,25,BOAALB,\nC,0,5,BOAALB,yes\n"
    )
    assert not found.problems and said(found) == [
        (5.0, 10.0, " present BOAALB"),
        (10.0, 15.0, " absent BOAALB"),
        (0.0, inf, " absent PHYCUV"),
        (0.0, 30.0, LISTENED),
        (30.0, 40.0, " listened PHYCUV"),
    ]
    assert found.passed == {("not sure", "A"): 1, ("no answer", "A"): 1}
    assert found.without_recording == {"C": 1}
    used = len(found.annotations["A"])
    assert found.rows == used + found.passed.total() + found.without_recording.total() == 8


def test_other_columns_are_left_alone():
    found = read(
        "queue,recording,start,end,species,question,answer,who,note\n"
        'q1,A,5,10,BOAALB,"is it, here?",no,me,"two ""frogs"""\n'
    )
    assert said(found) == [(5.0, 10.0, " absent BOAALB")]


def test_what_was_chosen_is_marked_unless_it_is_to_judge():
    text = (
        "kind,recording,start,end,species,answer\nteach,A,5,10,BOAALB,no\n"
        "search,A,5,10,PHYCUV,present\ncount,A,10,15,BOAALB,no\n"
    )
    grades = [each.grade for each in read(text).annotations["A"]]
    assert grades == [CHOSEN, CHOSEN, ""]
    found = read_statements(text.encode(), "a.csv", SPECIES, {"A": "A"}.get, judge_chosen=True)
    assert {each.grade for each in found.annotations["A"]} == {""}


def test_labels_stand_for_species_and_other_species_are_read_too():
    found = read(f"{LONG}A,,,perereca,1\nA,,,dog,1\n", labels={"perereca": "BOAALB"})
    assert said(found) == [(0.0, inf, " present BOAALB"), (0.0, inf, " present dog")]


def test_a_column_for_each_species_as_weak_labels_have():
    found = read(
        "MONITORING_SITE,AUDIO_FILE_ID,SPECIES_BOAALB,SPECIES_PHYCUV,SPECIES_DENMIN,comment\n"
        "INCT41,A,1,0,1,rain\nINCT41,B,3,,0,\nINCT41,C,1,1,1,\nINCT41,B,,,1,\n"
    )
    assert said(found) == [(0.0, inf, " present BOAALB"), (0.0, inf, " absent PHYCUV")]
    assert said(found, "B") == [(0.0, inf, " present BOAALB")]
    assert found.unread == {"column DENMIN": 4}
    assert found.passed == {("nothing stated of any species", "B"): 1}
    points = read("recording,start,end,BOAALB\nA,0,300,1\nA,300,600,0\n")
    assert said(points) == [(0, 300, " present BOAALB"), (300, 600, " absent BOAALB")]


def test_a_workbook():
    rows = [["recording", "start", "end", "species", "answer"], ["A", 5, 10, "BOAALB", 1]]
    found = read(workbook(Notes=[["by", "Ana"], ["on", "Monday"]], Verdicts=rows), "v.xlsx")
    assert said(found) == [(5.0, 10.0, " present BOAALB")]
    assert found.unread == {'sheet "Notes"': 2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{LONG}A,5,10,BOAALB,perhaps\n", 'line 2: found answer "perhaps"; expected present,'),
        (f"{LONG}A,5,,BOAALB,yes\n", "found end empty; expected both, or neither"),
        (f"{LONG}A,10,5,BOAALB,yes\n", 'found end "5", start "10"; expected an end after start'),
        (f"{LONG}A,x,5,BOAALB,yes\n", 'found start "x", not a number'),
        (f"{LONG}A,5,10,,yes\n", "found empty label; expected a species code"),
        (f"{LONG}A,5,10,BOAALB_Q,yes\n", 'unknown grade "Q" of BOAALB'),
        (f"{LONG},5,10,BOAALB,yes\n", 'found recording ""; expected the name of a recording'),
        (f'{LONG}",5,10,BOAALB,yes\n', "expected the name of a recording"),
        (f'{LONG}A,5,10,"BOA"ALB,yes\n', "a quote out of place"),
        (f"{LONG}A,5,10,BOAALB\n", "found 4 fields; expected 5, as in the header"),
        ("recording,start,end,species\nA,5,10,BOAALB\n", "expected a column answer, or one for"),
        ("species,answer\nBOAALB,1\n", "expected a column recording"),
        ("recording,start,species,answer\nA,1,BOAALB,1\n", "columns start and end, or neither"),
        ("recording,BOAALB\nA,7\n", 'found answer "7"'),
        (b"recording\xff\n", "byte 0xff"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text, expected):
    found = read(text)
    assert len(found.problems) == 1 and expected in str(found.problems[0])
    assert not any(found.annotations.values())


@pytest.fixture
def project(tmp_path):
    """Give a function that makes a source of files, and of tables of statements by name."""

    def make(files, recordings=("A", "B", "C"), **settings):
        (tmp_path / "annotations").mkdir(exist_ok=True)
        tables = [name for name in files if name.startswith("partial")]
        for name, text in files.items():
            place = tmp_path if name in tables else tmp_path / "annotations"
            (place / name).write_text(text)
        paths = [tmp_path / "annotations", *(tmp_path / name for name in tables)]
        return AnnotationSource(paths, recordings, SPECIES, **settings)

    return make


def test_a_recording_that_statements_alone_speak_of_is_annotated_in_part(project):
    found = project({"A.txt": CALL, "partial.csv": f"{LONG}A,5,10,BOAALB,no\nB,5,10,BOAALB,no\n"})
    assert [found.annotated(name) for name in "ABC"] == [True, True, False]
    # Of an annotated recording absence is known without.
    assert [call.species for call in found.annotations("A")] == ["BOAALB"]
    heard = project({"partial.csv": f"{LONG}A,5,10,BOAALB,no\nA,0,5,,listened\n"})
    assert [call.species for call in heard.annotations("A")] == [
        *(LISTENED, "BOAALB", " absent BOAALB")
    ]
    assert found.annotations("B")[0] == NOWHERE and len(found.annotations("B")) == 2
    assert found.file("B") is None and found.named() == {"BOAALB"}
    other = project({"A.txt": CALL, "partial.csv": f"{LONG}B,5,10,dog,no\nC,5,10,BOAALB,unsure\n"})
    assert [other.annotated(name) for name in "ABC"] == [True, False, False]


def test_species_call_where_labels_will_say_so(project):
    lines = "B,5,10,BOAALB,yes\nC,,,BOAALB,yes\nC,4,6,PHYCUV,yes\nA,0,0.5,,listened\n"
    found = project({"A.txt": CALL, "partial.csv": LONG + lines})
    # Of A the call was not listened to; of C no clip of 5 s holds what is known.
    assert found.present(5.0) == {"BOAALB": {"B"}, "PHYCUV": frozenset()}
    assert found.present(60.0) == {"BOAALB": {"B"}, "PHYCUV": {"C"}}
    assert clips_touched(found, 5.0) == {"BOAALB": {"B": 1}, "PHYCUV": {}}


def test_digests_change_where_statements_do(project):
    tables = {
        "A.txt": CALL,
        "partial.csv": f"{LONG}A,0,10,BOAALB,yes\nA,5,10,PHYCUV,no\n",
        "partial2.csv": f"{LONG}B,0,5,BOAALB,no\n",
    }
    before = project(tables)
    assert [each.rsplit("/", 1)[1] for each in before.speaking("A")] == ["partial.csv"]
    assert before.speaking("C") == before.speaking("B", lambda *_: False) == []
    # What is known without changes nothing.
    less = project(tables | {"partial.csv": f"{LONG}A,0,10,BOAALB,yes\n"})
    assert less.digest("A") == before.digest("A")
    after = project(tables | {"partial2.csv": f"{LONG}B,0,5,BOAALB,yes\nC,,,BOAALB,unsure\n"})
    assert after.digest("A") == before.digest("A")
    assert after.digest("B") != before.digest("B")
    assert after.digest("B", ["PHYCUV"]) == before.digest("B", ["PHYCUV"])
    assert after.digest("C") == before.digest("C")
    # Of whatever species somebody listened to a part only: all else is unknown.
    part = project(tables | {"partial.csv": f"{LONG}A,5,10,PHYCUV,listened\n"})
    assert part.digest("A", ["BOAALB"]) != before.digest("A", ["BOAALB"])
    alone = AnnotationSource(before.source, ("A", "B", "C"), SPECIES)
    assert alone.digest("A", ["PHYCUV"]) == before.digest("A", ["PHYCUV"])


CONTRADICTIONS = [
    (
        "A,2,5,BOAALB,no\n",
        "line 2: found BOAALB absent from 2 to 5 s, but {folder}/A.txt, line 1, has a call from 1 "
        "to 2.5 s; expected no contradiction; correct one of the two",
    ),
    (
        "B,5,10,BOAALB,yes\nB,,,BOAALB,0\n",
        "line 2: found BOAALB present from 5 to 10 s, but {table}, line 3, has it absent in all of "
        "the recording",
    ),
    (
        "A,,,PHYCUV,yes\n",
        "line 2: found PHYCUV present in all of the recording, but all calls there are annotated, "
        "and {folder}/A.txt has none of PHYCUV",
    ),
]


@pytest.mark.fault(
    "Annotations",
    "statements that contradict each other, or calls (`annotations.partial`)",
    sees="contradicted by something else. Correct these lines and run again",
    kept="nothing starts",
)
@pytest.mark.parametrize(("lines", "expected"), CONTRADICTIONS)
def test_contradictions_are_refused(project, tmp_path, sees, lines, expected):
    found = project({"A.txt": CALL, "partial.csv": LONG + lines})
    with pytest.raises(UserError) as caught:
        found.check_statements()
    where = {"folder": tmp_path / "annotations", "table": tmp_path / "partial.csv"}
    assert sees in str(caught.value) and expected.format(**where) in str(caught.value)


@pytest.mark.fault(
    "Annotations",
    "presence in a recording that stretches without the species add up to",
    sees="PHYCUV present in all of the recording, but",
    kept="results up to the labels; the run ends before the summary",
)
@pytest.mark.parametrize(
    "lines",
    [
        "B,,,PHYCUV,present\nB,0,10,PHYCUV,no\nB,10,19.99,PHYCUV,no\n",
        "B,,,PHYCUV,present\nB,0,20,,listened\n",
    ],
)
def test_stretches_may_add_up_to_all_of_a_recording(project, sees, lines):
    found = project({"A.txt": CALL, "partial.csv": LONG + lines})
    # How long it is, only who has read the recording knows.
    found.check_statements()
    found.check_statements({"B": 25.0})
    with pytest.raises(UserError) as caught:
        found.check_statements({"B": 20.0})
    assert sees in str(caught.value)


def test_statements_alone_are_enough(project):
    found = project({"partial.csv": LONG + "B,5,10,PHYCUV,yes\n"})
    found.check_names()
    assert found.annotated("B") and not found.annotated("A")
    # A file that belongs to nothing is told of still.
    with pytest.raises(UserError, match="none of the 1 file"):
        project({"Z.txt": CALL, "partial.csv": LONG + "B,5,10,PHYCUV,yes\n"}).check_names()


def test_a_column_that_is_there_twice_is_refused():
    found = read("recording,start,end,species,answer,species\nA,5,10,BOAALB,no,PHYCUV\n")
    assert "columns with one name: species" in str(found.problems[0])


def test_what_agrees_is_no_contradiction(project):
    lines = (
        "A,0,5,BOAALB,yes\nA,2.5,5,BOAALB,no\nA,,,PHYCUV,no\nB,0,9,BOAALB,yes\nB,0,5,BOAALB,no\n"
    )
    project({"A.txt": CALL, "partial.csv": LONG + lines}).check_statements()


def test_faults_of_tables_are_refused_or_skipped_as_others(project):
    files = {"A.txt": CALL, "partial.csv": f"{LONG}A,5,10,BOAALB,what\nB,5,10,BOAALB,no\n"}
    with pytest.raises(UserError, match=r'partial\.csv, line 2: found answer "what"'):
        project(files).annotated("B")
    skips = project(files, on_error="skip")
    assert skips.annotated("B") and [each.line for each in skips.problems] == [2]
    late = project({"A.txt": CALL, "partial.csv": f"{LONG}B,50,70,BOAALB,no\nB,,,PHYCUV,no\n"})
    with pytest.raises(UserError, match=r"partial\.csv, line 2: found end 70 of absent BOAALB"):
        late.beyond({"B": 60.0})


@pytest.mark.fault(
    "Annotations",
    "`annotations.partial` names a file that is not there",
    sees="annotations.partial: gone.csv does not exist; expected a table with the columns",
    kept="nothing starts",
)
def test_a_table_that_is_not_there(tmp_path, sees):
    with pytest.raises(UserError) as caught:
        AnnotationSource([tmp_path, "gone.csv"], ("A",), SPECIES)
    assert sees in str(caught.value)


def test_statements_are_counted(project):
    lines = "A,5,10,PHYCUV,no\nA,10,15,PHYCUV,no\nB,,,BOAALB,yes\nB,,,BOALB,yes\nB,0,5,BOAALB,\n"
    found = project({"A.txt": CALL, "partial.csv": f"{LONG}{lines}D,0,5,BOAALB,yes\n"})
    rows = count_annotations(found, ("A", "B", "C"))
    counts = [
        (row["recording"], row["status"], row["species"], row["annotations"], row["seconds"])
        for row in rows
    ]
    assert counts[:6] == [
        ("A", "annotated", "BOAALB", 1, 1.5),
        ("B", "in part", "", "", ""),
        ("C", "not annotated", "", "", ""),
        ("A", "absent", "PHYCUV", 2, 10.0),
        ("B", "present", "BOAALB", 1, ""),
        ("B", "present", "BOALB", 1, ""),
    ]
    left = Counter((row["status"], row["species"], row["reason"], row["skipped"]) for row in rows)
    assert left["misspelt label", "BOALB", "nearest: BOAALB", 1] == 1
    assert left["passed over", "", "no answer", 1] == 1
    assert left["no recording", "", "", 1] == 1
