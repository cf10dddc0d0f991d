import gc
from collections import Counter
from pathlib import Path

import pytest

from anurans.annotation_counts import count_annotations
from anurans.annotation_formats import Annotation
from anurans.annotations import AnnotationSource
from anurans.errors import UserError

SPECIES = ("BOAALB", "PHYCUV", "BOALUN")
SHARED = Path(__file__).parents[2].parent / "shared/data"
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
    found = source(place, ("A", "B", "C", "D")).present()
    assert found == {"BOAALB": {"A", "B"}, "BOALUN": set(), "PHYCUV": {"B"}}


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
    assert "no .txt, .csv, .tsv file in" in message


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
        calls[row["species"]] += row["annotations"]
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
