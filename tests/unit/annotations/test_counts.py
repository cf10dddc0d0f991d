"""Counts of annotations: for people, and for splits to be balanced by."""

import pytest

from anurans.annotations.counts import clips_touched, count_annotations, refuse_different
from anurans.annotations.sources import AnnotationSource
from anurans.common.errors import UserError

SPECIES = ("BOAALB", "PHYCUV", "BOALUN")


@pytest.fixture
def folder(tmp_path):
    """Give a function that writes files, by name, and returns their folder."""

    def write(files):
        for name, text in files.items():
            (tmp_path / name).write_bytes(text.encode())
        return tmp_path

    return write


def source(place, recordings=("A", "B"), **settings):
    return AnnotationSource(place, recordings, SPECIES, **settings)


def test_counts_have_a_row_for_each_recording_and_species(folder):
    text = "0\t1.5\tBOAALB_F\n2\t2.25\tBOAALB_C\n5\t6\tBOAALB_CHO\n1\t2\tDENCRU_M\n"
    place = folder({"A.txt": text, "B.txt": "", "other.txt": "unread"})
    rows = count_annotations(source(place, ("A", "B", "C")), ("C", "B", "A"))
    assert [tuple(row.values())[:-3] for row in rows] == [
        ("A", "annotated", str(place / "A.txt"), "BOAALB", "yes", 3, 2.75, 1, 0, 1, 1),
        ("A", "annotated", str(place / "A.txt"), "DENCRU", "no", 1, 1.0, 0, 1, 0, 0),
        ("B", "empty", str(place / "B.txt"), "", "", 0, 0.0, 0, 0, 0, 0),
        ("C", "not annotated", "", "", "", *[""] * 6),
        ("", "no recording", str(place / "other.txt"), "", "", *[""] * 6),
        ("", "other label", "", "DENCRU", "", *[""] * 6),
    ]
    names = ",".join(rows[0])
    assert names == (
        "recording,status,file,species,used,annotations,seconds,far,medium,clear,ungraded,"
        "skipped,line,reason"
    )
    assert {row[name] for row in rows[:-1] for name in ("skipped", "line", "reason")} == {""}
    assert {tuple(row) for row in rows} == {tuple(rows[0])}


def test_counts_of_a_table_name_rows_of_no_recording(folder):
    rows = "recording,start,end,label\nA,1,2.5,B\nZ,1,2,B\nZ,3,4,B\nY,1,2,B\n"
    table = folder({"all.csv": rows}) / "all.csv"
    counts = count_annotations(source(table), ["A"])
    shown = [(row["recording"], row["status"], row["file"], row["skipped"]) for row in counts]
    assert shown == [
        ("A", "annotated", str(table), ""),
        ("Y", "no recording", str(table), 1),
        ("Z", "no recording", str(table), 2),
        ("", "other label", "", 1),
    ]


def test_rows_that_are_passed_over_are_counted(folder):
    rows = "IN FILE,OFFSET,DURATION,MANUAL ID\nA.wav,1,2,BOAALB\nA.wav,5,2,\nB.wav,5,2,\n"
    found = count_annotations(source(folder({"all.csv": rows}) / "all.csv"), ["A", "B"])
    shown = [(row["recording"], row["status"], row["skipped"], row["reason"]) for row in found]
    assert shown == [
        ("A", "annotated", "", ""),
        ("B", "not annotated", "", ""),
        ("A", "passed over", 1, "no label"),
        ("B", "passed over", 1, "no label"),
    ]


def test_clips_that_calls_touch_are_counted_once(folder):
    calls = "1\t4\tBOAALB_F\n3\t5\tBOAALB_F\n4.9\t10.1\tPHYCUV_C\n7\t7\tBOALUN\n1\t9\tOTHER\n"
    found = source(folder({"A.txt": calls, "B.txt": ""}))
    assert clips_touched(found, 5.0) == {
        "BOAALB": {"A": 1},
        "BOALUN": {"A": 1},
        "PHYCUV": {"A": 3},
    }


def test_what_is_skipped_is_listed_and_counted(folder):
    place = folder(
        {"A.txt": "0\t1\tBOAALB\nx\t2\tBOAALB\n9\t10\tBOAALB\n", "B.txt": "y\t2\tBOAALB\n"}
    )
    found = source(place, on_error="skip")
    rows = count_annotations(found, ("A", "B"), found.beyond({"A": 5.0}))
    shown = [(row["recording"], row["status"], row["annotations"]) for row in rows]
    assert shown == [
        ("A", "annotated", 1),
        ("B", "unreadable", ""),
        ("A", "skipped", ""),
        ("B", "skipped", ""),
        ("A", "skipped", ""),
    ]
    skipped = [(row["file"], row["line"], row["skipped"]) for row in rows[2:]]
    a, b = str(place / "A.txt"), str(place / "B.txt")
    assert skipped == [(a, 2, 1), (b, 1, 1), (a, 3, 1)]
    assert rows[2]["reason"] == 'found start "x", not a number; expected a number of seconds'


@pytest.mark.fault(
    "Annotations",
    "labels of no species, some of which look misspelt",
    sees="nearest: BOAALB",
    kept="everything; labels are listed and counted, and likely slips named below the summary",
)
def test_labels_that_are_not_understood_are_listed_with_the_nearest(folder, sees):
    text = "1\t2\tBOALB\n2\t3\tBOALB_F\n3\t4\train\n4\t5\tboana albopuntata\n5\t6\tPHYCUV\n"
    found = source(folder({"A.txt": text, "B.txt": "1\t2\train\n3\t4\tphycuv\n"}))
    names = {"BOAALB": "Boana albopunctata", "PHYCUV": "Physalaemus cuvieri"}
    rows = count_annotations(found, ("A", "B"), names=names)
    shown = [
        (row["status"], row["species"], row["skipped"], row["reason"])
        for row in rows
        if not row["recording"]
    ]
    assert shown == [
        ("misspelt label", "BOALB", 2, sees),
        ("other label", "rain", 2, ""),
        ("misspelt label", "boana albopuntata", 1, sees),
        ("misspelt label", "phycuv", 1, "nearest: PHYCUV"),
    ]
    assert sum(row["annotations"] for row in rows if row["used"] == "no") == 6


@pytest.mark.fault(
    "Annotations",
    "two recordings of the same sound with different annotations",
    sees="1 recording is annotated otherwise than another one of the same sound. It is not known",
    kept="nothing is trained; copies that are annotated alike, or not at all, are left out",
)
def test_copies_that_are_annotated_otherwise(folder, sees):
    same, other = "0\t1.5\tBOAALB_F\n", "0\t1.6\tBOAALB_F\n"
    place = folder({"A.txt": same, "B.txt": same, "C.txt": other, "E.txt": ""})
    found = source(place, "ABCDE")
    refuse_different(found, {"B": "A", "D": "A"})
    with pytest.raises(UserError) as caught:
        refuse_different(found, {"B": "A", "C": "A"})
    assert sees in str(caught.value) and f"C ({place}/C.txt) and A ({place}/A.txt)" in str(
        caught.value
    )
    with pytest.raises(UserError, match="has annotations, D has none"):
        refuse_different(found, {"E": "D"})
