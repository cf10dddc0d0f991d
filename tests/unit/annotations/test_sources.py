import gc
from collections import Counter
from pathlib import Path

import pytest

from anurans.annotations.counts import count_annotations
from anurans.annotations.formats import LISTENED, Annotation
from anurans.annotations.sources import AnnotationSource
from anurans.common.errors import UserError

SPECIES = ("BOAALB", "PHYCUV", "BOALUN")
SHARED = Path(__file__).parents[3].parent / "shared/data"
CALL = "1.0\t2.5\tBOAALB_F\n"
ROWS = "recording,start,end,label\nA,1,2.5,BOAALB_F\nB,,,\n"
BOA = Annotation(1.0, 2.5, "BOAALB", "far", None, None)

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"real annotations are read from {SHARED}, which is absent"
)


@pytest.fixture
def folder(tmp_path):
    """Give a function that writes files, by name, and returns their folder."""

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return tmp_path

    return write


def source(place, recordings=("A", "B"), **settings):
    return AnnotationSource(place, recordings, SPECIES, **settings)


def refusal(action, *arguments):
    with pytest.raises(UserError) as caught:
        action(*arguments)
    return str(caught.value)


def test_a_folder_is_searched_for_files_of_recordings(folder):
    place = folder(
        {
            "site 1/A.txt": CALL,
            "site 2/deep/B.Table.1.selections.TXT": "",
            "notes.csv": "anything",
            "A.wav": "",
            ".hidden/A.txt": "",
            "._B.txt": "",
        }
    )
    found = source(place, ("A", "B", "C"))
    assert [found.annotated(name) for name in "ABC"] == [True, True, False]
    assert found.annotations("A") == (BOA,)
    assert found.annotations("B") == found.annotations("C") == ()
    assert found.file("A") == place / "site 1/A.txt"
    assert found.file("C") is None
    assert found.without_recording == [str(place / "notes.csv")]
    found.check()


@pytest.mark.parametrize(
    ("name", "recording"),
    [
        ("S.1_0530.txt", "S.1_0530"),
        ("S.1_0530.wav.csv", "S.1_0530"),
        ("S.1.txt", "S.1"),
        ("rana señal.txt", "rana señal"),
        ("rana sen\u0303al.txt", "rana señal"),
        ("蛙.tsv", "蛙"),
    ],
)
def test_extensions_are_stripped_until_a_recording_is_found(folder, name, recording):
    found = source(folder({name: CALL}), ("S", "S.1", "S.1_0530", "rana señal", "蛙"))
    assert found.annotations(recording) == (BOA,)


def test_a_linked_folder_is_searched_once(folder):
    place = folder({"labels/A.txt": CALL})
    (place / "labels" / "loop").symlink_to(place, target_is_directory=True)
    found = source(place / "labels")
    assert found.annotations("A") == (BOA,)


def test_annotations_are_sorted(folder):
    text = "3\t4\tB\n1.0\t2.5\tPHYCUV\n1.0\t2.5\tBOAALB_F\n1.0\t2.0\tB\n"
    calls = source(folder({"A.txt": text})).annotations("A")
    assert [(call.start, call.end, call.species) for call in calls] == [
        (1.0, 2.0, "B"),
        (1.0, 2.5, "BOAALB"),
        (1.0, 2.5, "PHYCUV"),
        (3.0, 4.0, "B"),
    ]


def test_contents_are_read_when_asked_for_and_once(folder):
    place = folder({"A.txt": CALL, "B.txt": "broken"})
    found = source(place)
    assert found.annotated("B")
    assert found.annotations("A") == (BOA,)
    (place / "A.txt").write_text("")
    assert found.annotations("A") == (BOA,)


def test_a_table_holds_all_recordings(folder):
    text = "recording,start,end,label\nx\\y/A.wav,1,2.5,BOAALB_F\nB.flac,,,\nZ,bad,,\n"
    table = folder({"all.csv": text}) / "all.csv"
    found = source(table, ("A", "B", "C"))
    assert [found.annotated(name) for name in "ABC"] == [True, True, False]
    assert found.annotations("A") == (BOA,)
    assert found.annotations("B") == found.annotations("C") == ()
    assert (found.file("A"), found.file("C")) == (table, None)
    assert found.without_recording == ["Z"]
    assert gc.isenabled()
    found.check(["A"])


@pytest.mark.parametrize(
    ("name", "recording"),
    [
        ("A", "A"),
        ("A.wav", "A"),
        ("A.WAV", "A"),
        ("night 1/A.flac", "A"),
        ("night 1\\A.mp3", "A"),
        ("S.1", "S.1"),
        ("S.1.wav", "S.1"),
        ("S.1_0530.aiff", "S.1_0530"),
        ("rana sen\u0303al.ogg", "rana señal"),
    ],
)
def test_a_row_names_an_id_or_an_audio_file(folder, name, recording):
    table = folder({"all.csv": f"recording,start,end,label\n{name},1,2.5,BOAALB_F\n"}) / "all.csv"
    found = source(table, ("A", "S", "S.1", "S.1_0530", "rana señal"))
    assert found.annotations(recording) == (BOA,)
    assert found.without_recording == []


@pytest.mark.parametrize("name", ["S.2", "S.2.wav", "S.txt", "S.wav.csv", "x/S.Table.1"])
def test_a_row_is_stripped_of_no_other_ending(folder, name):
    table = folder({"all.csv": f"recording,start,end,label\n{name},1,2,B\nA,,,\n"}) / "all.csv"
    found = source(table, ("A", "S"))
    assert not found.annotated("S")
    assert found.without_recording == [name]


def test_files_that_are_known_are_not_searched_for(folder):
    place = folder({"A.txt": CALL, "C.txt": CALL, "deep/B.Table.1.txt": "", "A-old.txt": "bad"})
    files = {"B": str(place / "deep/B.Table.1.txt"), "C": str(place / "C.txt")}
    found = source(place, ("A", "B", "C"), files=files)
    assert [found.annotated(name) for name in "ABC"] == [False, True, True]
    assert found.file("B") == place / "deep/B.Table.1.txt"
    assert found.annotations("A") == found.annotations("B") == ()
    assert found.annotations("C") == (BOA,)
    assert found.without_recording == []
    found.check()


def test_a_part_of_the_recordings_with_its_files_digests_as_all_do(folder):
    place = folder({"S.txt": "", "S.1.txt": CALL})
    all_of_them = source(place, ("S", "S.1"))
    part = source(place, ("S",), files={"S": str(all_of_them.file("S"))})
    assert part.digest(["S"]) == all_of_them.digest(["S"])
    assert part.annotations("S") == ()


def test_present_tells_where_each_configured_species_calls(folder):
    text = "1\t2\tBOAALB_F\n3\t4\tBOAALB\n5\t6\tDENCRU_F\n"
    place = folder({"A.txt": text, "B.txt": CALL + "3\t4\tPHYCUV\n", "C.txt": ""})
    found = source(place, ("A", "B", "C", "D")).present(5.0)
    assert found == {"BOAALB": {"A", "B"}, "BOALUN": set(), "PHYCUV": {"B"}}
    # Others too, where all that is annotated is asked for.
    assert source(place, ("A", "B", "C", "D")).named() == {"BOAALB", "DENCRU", "PHYCUV"}


def test_columns_and_format_reach_the_reader(folder):
    table = folder({"all.csv": "rec;de;a;sp\nA;1;2.5;BOAALB_F\n"}) / "all.csv"
    columns = {"recording": "rec", "start": "de", "end": "a", "label": "sp"}
    assert source(table, columns=columns, format="table").annotations("A") == (BOA,)


def test_an_unknown_key_of_columns_is_refused(folder):
    message = refusal(lambda: source(folder({"A.txt": ""}), columns={"begin": "de"}))
    assert message.startswith("annotations: columns has the keys begin; expected some of recording")


def test_a_source_that_does_not_exist_is_refused(tmp_path):
    message = refusal(source, tmp_path / "no")
    assert f"{tmp_path / 'no'} does not exist; expected a folder" in message


def test_a_folder_without_annotation_files_is_refused(folder):
    message = refusal(source(folder({"A.wav": ""})).check_names)
    assert "no .txt, .csv, .tsv, .textgrid, .srt, .vtt, .xlsx, .xls, .ods file in" in message


def test_a_folder_where_no_file_fits_is_refused_with_both_kinds_of_names(folder):
    message = refusal(source(folder({"A-labels.txt": "", "B-labels.txt": ""})).check_names)
    assert "none of the 2 files in" in message
    assert 'found files such as A-labels.txt, expected ids such as "A"' in message


@pytest.mark.parametrize(
    ("rows", "found"),
    [("A_x.wav,1,2,B\n", 'found names such as "A_x.wav"'), ("", "found no rows")],
)
def test_a_table_where_no_row_fits_is_refused_with_both_kinds_of_names(folder, rows, found):
    table = folder({"all.csv": f"recording,start,end,label\n{rows}"}) / "all.csv"
    message = refusal(source(table).check_names)
    assert found in message
    assert 'expected ids such as "A"' in message


@pytest.mark.parametrize("name", ["labels/C.txt", "all.csv"])
def test_a_source_of_which_nothing_belongs_is_refused_by_check_names_only(folder, name):
    place = folder({"labels/C.txt": CALL, "all.csv": "recording,start,end,label\nC,1,2,B\n"})
    found = source(place / "labels" if name.startswith("labels") else place / name)
    found.check()
    assert not found.annotated("A")
    assert found.annotations("A") == ()
    assert found.digest(["A"])
    assert "belongs to a recording" in refusal(found.check_names)


def test_a_source_of_which_something_belongs_passes_check_names(folder):
    place = folder({"labels/A.txt": "", "labels/notes.txt": "x", "all.csv": ROWS})
    source(place / "labels").check_names()
    source(place / "all.csv").check_names()


def test_an_empty_table_is_refused(folder):
    table = folder({"all.csv": "\n"}) / "all.csv"
    assert "found no rows" in refusal(source(table).check_names)


def test_two_files_of_one_recording_are_refused(folder):
    place = folder({"A.txt": "", "old/A.csv": "", "B.txt": ""})
    message = refusal(source, place)
    assert "more than one file for 1 recording" in message
    assert f"A: {place / 'A.txt'}, {place / 'old/A.csv'}" in message


def test_all_problems_of_all_files_are_told_at_once_whatever_is_asked(folder):
    place = folder({"A.txt": "1,5\t2\tB\n3\t2\tB\n", "B.txt": "0\t1\tBOAALB_X\n", "C.txt": CALL})
    actions = [
        lambda found: found.check(),
        lambda found: found.annotations("A"),
        lambda found: found.digest(["A", "C"]),
        lambda found: count_annotations(found, ["B"]),
    ]
    for action in actions:
        message = refusal(action, source(place, ("A", "B", "C")))
        assert message.startswith(f"Annotations in {place}: 3 problems in 2 files.")
        assert f'{place / "A.txt"}, line 1: found start "1,5"; expected' in message
        assert f'{place / "A.txt"}, line 2: found end "2" before start "3"' in message
        assert f'{place / "B.txt"}, line 1: found unknown grade "X"' in message


def test_check_reads_only_the_recordings_given(folder):
    found = source(folder({"A.txt": CALL, "B.txt": "broken"}))
    found.check(["A", "not there"])
    assert "1 problem in 1 file." in refusal(found.check, ["B"])


def test_problems_of_a_table_are_told_at_once_and_long_lists_are_cut(folder):
    rows = "".join(f"A,{i},x,B\n" for i in range(25))
    table = folder({"all.csv": f"recording,start,end,label\n{rows}"}) / "all.csv"
    for action in (lambda s: s.check(), lambda s: s.annotations("A"), lambda s: s.digest("A")):
        message = refusal(action, source(table))
        assert "25 problems in 1 file" in message
        assert f'{table}, line 21: found end "x", not a number' in message
        assert "line 22" not in message
        assert message.endswith("... and 5 more")


def test_a_file_that_cannot_be_read_is_a_problem(folder):
    place = folder({"A.txt": CALL})
    found = source(place)
    (place / "A.txt").unlink()
    assert "A.txt, line 1: found No such file" in refusal(found.annotations, "A")


GOOD = "1.0\t2.5\tBOAALB_F\n"
BROKEN = {
    "a start that is not a number": ("x\t2\tBOAALB\n", 'line 2: found start "x", not a number'),
    "a decimal comma": ("1,5\t2\tBOAALB\n", "expected a number of seconds (decimal comma; use a"),
    "a comma for thousands": (
        '"1.234,5"\t2\tB\n',
        'found start ""1.234,5""; expected a number of seconds (decimal comma; use',
    ),
    "a missing tab": ("1 2 BOAALB\n", 'found no tab in "1 2 BOAALB"; expected start<TAB>end<TAB>'),
    "1 field": ("BOAALB_F\n", 'found no tab in "BOAALB_F"; expected start<TAB>end<TAB>label'),
    "4 fields": ("1\t2\tBOAALB\t\n", "found 4 fields in"),
    "an end before the start": ("2\t1.5\tB\n", 'found end "1.5" before start "2"; expected an end'),
    "a negative time": ("-1\t2\tB\n", 'found negative start "-1"; expected a number of seconds, 0'),
    "a time that is NaN": ("1\tnan\tB\n", 'found end "nan"; expected a finite number of seconds'),
    "an infinite time": ("1\tinf\tB\n", 'found end "inf"; expected a finite number of seconds'),
    "an empty label": ("1\t2\t \n", "found empty label; expected a species code"),
    "an unknown grade": ("1\t2\tBOAALB_X\n", 'found unknown grade "X" of BOAALB in label'),
    "a call that is listed twice": (
        "1\t2.50\tBOAALB_L\n",
        "found the same call as in line 1; expected",
    ),
    "a frequency that is not a number": ("\\\t1\tx\n", 'found high frequency "x", not a number'),
    "a time of day": ("00:01:05\t70\tB\n", "expected a number of seconds (a time of day; give"),
    "a time that became a date": ("01-May\t9\tB\n", "(a date, which a spreadsheet makes of such"),
    "a species that became a date": ("1\t2\t01-Mar\n", 'found label "01-Mar"; expected a species'),
    "an error of a spreadsheet": ("1\t2\t#NAME?\n", "a species code (an error of a spreadsheet)"),
}
WHOLE = {
    "a workbook saved as .csv": (b"PK\x03\x04\0\0", "found a workbook (.xlsx, .ods) or zip file"),
    "UTF-16 without a byte-order mark": ("1\t2\tB".encode("utf-16-le"), "found NUL bytes (UTF-16"),
    "Latin-1": (
        b"1\t2\tRan\xe3\n",
        "found byte 0xe3, which is not utf-8; expected UTF-8 text (save",
    ),
    "a table without the columns": (
        b"begin;stop;what\n1;2;B\n",
        "found the columns begin, stop, what",
    ),
    "a quote that is never closed": (
        b'start,end,label\n1,2,"B\n3,4,B\n',
        "found a quote out of place (unexpected end of data); expected quotes around whole fields",
    ),
    "a row with more or fewer fields than the header": (
        b"start,end,label\n1,2\n",
        "found 2 fields; expected 3, as in the header",
    ),
}
FAIL = "nothing starts; with `annotations.on_error: skip` all but that line"
FAIL_WHOLE = "nothing starts; with `skip` all others, and this recording counts as not annotated"


def faults(of, kept):
    """Parameters of tests, each marked as a fault of annotations."""
    return [
        pytest.param(
            text, marks=pytest.mark.fault("Annotations", what, sees=sees, kept=kept), id=what
        )
        for what, (text, sees) in of.items()
    ]


@pytest.mark.parametrize("line", faults(BROKEN, FAIL))
def test_a_line_that_cannot_be_read_is_told_or_skipped(folder, line, sees):
    place = folder({"A.txt": GOOD + line, "B.txt": ""})
    message = refusal(source(place).annotations, "A")
    assert message.startswith(f"Annotations in {place}: ")
    assert "(or leave them out with annotations.on_error: skip)" in message
    assert sees in message and f"{place / 'A.txt'}, line 2: " in message
    found = source(place, on_error="skip")
    found.check()
    assert found.annotations("A")[0] == BOA and len(found.annotations("A")) == 1
    assert found.problems[0].recording == "A" and sees in str(found.problems[0])
    assert found.annotated("A") and found.annotated("B")


@pytest.mark.parametrize("data", faults(WHOLE, FAIL_WHOLE))
def test_a_file_that_cannot_be_read_is_told_or_leaves_its_recording_out(tmp_path, data, sees):
    (tmp_path / "A.txt").write_bytes(data)
    (tmp_path / "B.txt").write_text("")
    assert sees in refusal(source(tmp_path).check)
    found = source(tmp_path, on_error="skip")
    assert not found.annotated("A") and found.annotations("A") == ()
    assert found.annotated("B")
    assert [problem.recording for problem in found.problems] == ["A"]
    # As if nobody had listened, not as if nothing had been heard.
    assert found.digest(["A"]) == source(tmp_path, ("A",), files={}).digest(["A"])


@pytest.mark.fault(
    "Annotations",
    "decimal commas in every line of a file",
    sees="2 problems in 1 file",
    kept="nothing is started; with `skip` all others, and this recording is not annotated rather "
    "than silent",
)
def test_a_file_of_which_no_line_can_be_read_is_not_empty(folder, sees):
    place = folder({"A.txt": "1,5\t2\tB\n3,5\t4\tB\n"})
    assert sees in refusal(source(place, ("A",)).check)
    assert not source(place, ("A",), on_error="skip").annotated("A")


@pytest.mark.fault(
    "Annotations",
    "a table of all recordings whose quotes are broken, with `skip`",
    sees="found a quote out of place",
    kept="nothing starts, because nobody knows what the rest of the table says",
)
def test_a_broken_table_is_not_skipped(folder, sees):
    table = folder({"all.csv": 'recording,start,end,label\nA,1,2,B\nB,1,2,"B"x"\n'}) / "all.csv"
    message = refusal(source(table, on_error="skip").annotated, "A")
    assert sees in message and "on_error" not in message


def test_rows_of_a_table_are_skipped_each_for_itself(folder):
    rows = "A,1,2.5,BOAALB_F\nA,x,2,B\nB,y,2,B\nC,1,2\nC,3,4,B\n"
    table = folder({"all.csv": f"recording,start,end,label\n{rows}"}) / "all.csv"
    found = source(table, ("A", "B", "C"), on_error="skip")
    assert [found.annotated(name) for name in "ABC"] == [True, False, True]
    assert found.annotations("A") == (BOA,)
    assert [problem.line for problem in found.problems] == [3, 4, 5]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            data, marks=pytest.mark.fault("Annotations", what, kept="every call, as it was meant")
        )
        for what, data in {
            "a byte-order mark": b"\xef\xbb\xbf" + GOOD.encode(),
            "UTF-16 with a byte-order mark": GOOD.encode("utf-16"),
            "line ends of old Macs (CR only)": GOOD.encode().replace(b"\n", b"\r"),
            "no final line end": GOOD.encode().rstrip(),
            "blank lines": b"\n \n" + GOOD.encode() + b"\r\n\r\n",
            "a table saved by a spreadsheet, with `sep=;`, quotes and empty columns": (
                b'sep=;\r\n"start";"end";"label";;\r\n"1.0";"2.5";"BOAALB_F";;\r\n;;;;\r\n'
            ),
        }.items()
    ],
)
def test_what_is_only_unusual_is_read(tmp_path, data):
    (tmp_path / "A.txt").write_bytes(data)
    assert source(tmp_path).annotations("A") == (BOA,)


@pytest.mark.fault(
    "Annotations", "several formats in one folder", kept="every call, each file as its content says"
)
def test_formats_may_be_mixed(folder):
    place = folder(
        {
            "A.txt": GOOD,
            "B.csv": "start,end,label\n1,2.5,BOAALB_F\n",
            "C.selections.txt": "Begin Time (s)\tEnd Time (s)\tSpecies\n1\t2.5\tBOAALB_F\n",
        }
    )
    found = source(place, ("A", "B", "C"))
    assert [found.annotations(name) for name in "ABC"] == [(BOA,)] * 3


@pytest.mark.fault(
    "Annotations",
    "two files for one recording",
    sees="more than one file for 1 recording; expected one each:",
    kept="nothing starts",
)
def test_two_files_of_one_recording(folder, sees):
    assert sees in refusal(source, folder({"A.txt": "", "old/A.csv": ""}))


@pytest.mark.fault(
    "Annotations",
    "a call that starts after the end of its recording",
    sees="line 2: found start 75 of BOAALB; expected a start within the 60 s of A",
    kept="results up to the labels; the run ends before the summary. With `skip` all but that call",
)
def test_a_call_past_the_end(folder, sees):
    place = folder(
        {"A.txt": f"{GOOD}75\t76\tBOAALB\n59\t61\tBOAALB\n60\t60\tBOAALB\n", "B.txt": GOOD}
    )
    durations = {"A": 60.0}
    assert source(place).beyond({"A": 75.0}) == []
    assert sees in refusal(source(place).beyond, durations)
    found = source(place, on_error="skip")
    (problem,) = found.beyond(durations)
    assert sees in str(problem)


@pytest.mark.fault(
    "Annotations",
    "a call that ends far after its recording, for example in a list of times and values",
    sees="line 2: found end 1500 of BOAALB; expected an end within the 15 s of A (is the second "
    "column something else, such as a frequency?)",
    kept="results up to the labels; the run ends before the summary. With `skip` all but that call",
)
def test_an_end_far_past_the_recording(folder, sees):
    place = folder({"A.txt": f"{GOOD}2\t1500\tBOAALB\n14\t16\tBOAALB\n", "B.txt": ""})
    assert sees in refusal(source(place).beyond, {"A": 15.0})
    (problem,) = source(place, on_error="skip").beyond({"A": 15.0})
    assert sees in str(problem)


@pytest.mark.parametrize(
    ("label", "species", "grade"),
    [
        ("Boana albopunctata", "BOAALB", ""),
        ("boana  ALBOPUNCTATA", "BOAALB", ""),
        ("Boana albopunctata_F", "BOAALB", "far"),
        ("Boana albopunctata_Spotted treefrog", "BOAALB", ""),
        ("r\u00e3-cachorro", "PHYCUV", ""),
        ("ra\u0303-cachorro_C", "PHYCUV", "clear"),
        ("BOAALB_M", "BOAALB", "medium"),
        ('"', "BOALUN", ""),
        ("Boana", "Boana", ""),
    ],
)
def test_labels_as_people_write_them(folder, label, species, grade):
    labels = {
        "BOAALB": ["Boana albopunctata", "Boana albopunctata_Spotted treefrog"],
        "PHYCUV": ["r\u00e3-cachorro"],
        "BOALUN": ['"'],
    }
    found = source(folder({"A.txt": f"1\t2\t{label}\n"}), labels=labels)
    assert [(call.species, call.grade) for call in found.annotations("A")] == [(species, grade)]


@pytest.mark.fault(
    "Annotations",
    "a recording of which a part was listened to (`annotations.listened`)",
    kept="its clips within that part; the others are unknown, neither trained on nor scored",
)
def test_stretches_that_were_listened_to_are_no_calls_and_count(folder):
    place = folder({"A.txt": f"0\t30\tListened\n{CALL}", "B.txt": CALL})
    found = source(place, listened="listened")
    assert [call.species for call in found.annotations("A")] == [LISTENED, "BOAALB"]
    assert found.named() == {"BOAALB"} and found.present(5.0)["BOAALB"] == {"A", "B"}
    plain = source(place)
    assert plain.named() == {"BOAALB", "Listened"}
    # What is known changes what is learnt, of whatever clips a job counts.
    assert found.digest("A") != plain.digest("A") and found.digest("B") == plain.digest("B")
    assert found.digest("A", counts=lambda *_: False) != plain.digest("A", counts=lambda *_: False)
    rows = count_annotations(found, ("A", "B"))
    assert [row["used"] for row in rows] == ["yes"] * 3
    mine = source(folder({"A.txt": "1\t2\t(listened)\n1\t2\t listened\n"}), listened="x")
    assert LISTENED not in {call.species for call in mine.annotations("A")}


def test_files_of_other_programs_are_found_and_older_kinds_go_first(folder):
    place = folder(
        {
            "A.srt": "1\n00:00:01,000 --> 00:00:02,500\nBOAALB_F\n",
            "B.txt": CALL,
            "B.TextGrid": "never read",
        }
    )
    found = source(place)
    assert found.annotations("A") == found.annotations("B") == (BOA,)
    assert found.beside == {str(place / "B.TextGrid"): "B.txt is read for B"}


FIRST = "1.0\t2.5\tBOAALB_F\n\\\t100\t200\n3\t4\tPHYCUV\n"


@pytest.mark.parametrize(
    "text",
    [
        FIRST,
        FIRST.replace("\n", "\r\n"),
        f"\ufeff\n{FIRST}".rstrip(),
        f"{FIRST}5\t6\tDENCRU_F\n",
        "3\t4\tPHYCUV\n1\t2.50\tBOAALB_L\n\\\t100\t200\n",
        "start,end,label,fmin,fmax,note\n1,2.5,BOAALB_F,100,200,good\n3,4,PHYCUV,,,\n",
    ],
)
def test_digest_keeps_when_the_meaning_does(folder, text):
    first = source(folder({"x/A.txt": FIRST, "x/B.txt": ""}) / "x").digest(["A", "B"])
    place = folder({"y/A.txt": text, "y/B.txt": "\r\n"}) / "y"
    found = source(place)
    assert found.digest(["B", "A", "B"]) == first
    assert len(first) == 16
    assert int(first, 16)


@pytest.mark.parametrize(
    "files",
    [
        {"A.txt": FIRST.replace("1.0", "1.000001"), "B.txt": ""},
        {"A.txt": FIRST.replace("2.5", "2.6"), "B.txt": ""},
        {"A.txt": FIRST.replace("_F", "_M"), "B.txt": ""},
        {"A.txt": FIRST.replace("BOAALB", "BOALUN"), "B.txt": ""},
        {"A.txt": FIRST.replace("200", "201"), "B.txt": ""},
        {"A.txt": FIRST + "3\t4.5\tPHYCUV\n", "B.txt": ""},
        {"A.txt": "", "B.txt": FIRST},
        {"A.txt": FIRST},
    ],
)
def test_digest_moves_with_the_meaning(folder, files):
    first = source(folder({"x/A.txt": FIRST, "x/B.txt": ""}) / "x").digest(["A", "B"])
    place = folder({f"y/{name}": text for name, text in files.items()}) / "y"
    assert source(place).digest(["A", "B"]) != first


def test_digest_is_of_the_recordings_given(folder):
    place = folder({"A.txt": CALL, "B.txt": ""})
    before = source(place).digest(["A"])
    folder({"B.txt": CALL})
    assert source(place).digest(["A"]) == before
    assert source(place).digest(["A", "B"]) != before


def test_digest_is_the_same_of_a_folder_and_a_table(folder):
    rows = "recording,start,end,label\nB,,,\nA,1,2.5,BOAALB_F\n"
    place = folder({"x/A.txt": CALL, "x/B.txt": "", "all.csv": rows})
    assert source(place / "x").digest("ABC") == source(place / "all.csv").digest("ABC")


@needs_shared
def test_inct41():
    place = SHARED / "inct41_annotations"
    recordings = [path.stem for path in place.iterdir()]
    found = source(place, recordings)
    found.check()
    rows = count_annotations(found, recordings)
    calls = Counter()
    for row in rows:
        calls[row["species"]] += row["annotations"] or 0
    assert sum(row["status"] == "empty" for row in rows) == 128
    assert calls == {
        "BOAALB": 926,
        "BOALUN": 713,
        "PHYCUV": 260,
        "PHYMAR": 90,
        "DENCRU": 55,
        "PITAZU": 38,
        "": 0,
    }
    assert found.without_recording == []


@needs_shared
def test_pam_minutes():
    place = SHARED / "pam_minutes"
    recordings = sorted(path.stem for path in (place / "recordings").glob("*.wav"))
    found = AnnotationSource(place / "annotations", recordings, ["BASCUL"])
    calls = [call for name in recordings for call in found.annotations(name)]
    assert len(calls) == 52
    assert all(0 < call.fmin < call.fmax and call.species == "BASCUL" for call in calls)
    status = Counter(row["status"] for row in count_annotations(found, recordings))
    assert status == {"annotated": 10, "empty": 1, "not annotated": 1}


SITES = ("siteA/20240121_203000", "siteB/20240121_203000")


def test_label_files_of_recorders_with_the_same_names(folder):
    files = {f"{name}.txt": CALL if "A" in name else "" for name in SITES}
    found = source(folder(files), SITES)
    assert found.annotations(SITES[0]) == (BOA,) and found.annotations(SITES[1]) == ()
    assert found.without_recording == []
    alone = source(folder({"20240121_203000.txt": CALL}) / ".", SITES)
    assert [Path(path).name for path in alone.without_recording] == ["20240121_203000.txt"]


def test_a_table_of_recorders_with_the_same_names(folder):
    rows = (
        f"recording,start,end,label\n{SITES[0]}.WAV,1,2.5,BOAALB_F\nsiteC/20240121_203000,1,2,A\n"
    )
    found = source(folder({"all.csv": rows}) / "all.csv", SITES)
    assert found.annotations(SITES[0]) == (BOA,)
    assert not found.annotated(SITES[1])
    assert found.without_recording == ["siteC/20240121_203000"]


def test_a_file_about_a_recording_may_name_it_without_its_folder(folder):
    rows = "Begin File,Begin Time (s),End Time (s),Species\n20240121_203000.WAV,1,2.5,BOAALB_F\n"
    found = source(folder({f"{SITES[0]}.txt": rows.replace(",", "\t")}), SITES)
    assert found.annotations(SITES[0]) == (BOA,)


def test_a_raven_table_of_all_sites_names_folders_in_its_paths(folder):
    rows = (
        "Begin File,Begin Path,Begin Time (s),End Time (s),File Offset (s),Species\n"
        f"20240121_203000.WAV,D:\\cards\\{SITES[0]}.WAV,1,2.5,1,BOAALB_F\n".replace("/", "\\")
    )
    found = source(folder({"all.txt": rows.replace(",", "\t")}) / "all.txt", SITES)
    assert found.annotations(SITES[0]) == (BOA,) and not found.annotated(SITES[1])


@pytest.mark.fault(
    "Annotations",
    "a table with rows of two sites whose recordings have the same names",
    sees="rows of several folders belong to one recording, which has no folder in its id; keep the",
    kept="nothing starts, because one site's calls would become the other's",
)
def test_rows_of_two_sites_for_one_recording(folder, sees):
    rows = "".join(f"{name}.WAV,1,2.5,BOAALB\n" for name in SITES)
    place = folder({"all.csv": f"recording,start,end,label\n{rows}"}) / "all.csv"
    message = refusal(source(place, ["20240121_203000"]).check_names)
    assert sees in message
    assert "20240121_203000: siteA/20240121_203000.WAV and siteB/20240121_203000.WAV" in message


def test_one_folder_written_from_several_places_is_one(folder):
    names = ("D:\\cards\\siteA\\A.wav", "siteA/A.flac", "A")
    rows = "".join(f"{name},{at},{at + 1},BOAALB\n" for at, name in enumerate(names))
    found = source(folder({"all.csv": f"recording,start,end,label\n{rows}"}) / "all.csv")
    assert len(found.annotations("A")) == 3
