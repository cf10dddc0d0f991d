"""What is said below the scores follows from the tables."""

from pathlib import Path

import pytest

from anurans.recordings.unread import unread_files
from anurans.scores.summary_notes import few_groups, left_out, summary_notes, unsettled

ROW = {
    "split": "night",
    "leaks": "no",
    "backbone": "net",
    "weights": "imagenet",
    "dataset": "all",
    "recipe": "one",
    "fold": "1",
    "labelling": "default",
    "subset": "test",
    "converged": "yes",
    "positive_groups_A": "25",
    "threshold_source_A": "tuned",
}
RECORDINGS = [
    {"recording": "r", "status": "ok", "reason": ""},
    {"recording": "s", "status": "quarantined", "reason": "is silent"},
]
ANNOTATIONS = [
    {"recording": "r", "status": "annotated", "line": "", "species": "A", "used": "yes"},
    {"recording": "r", "status": "annotated", "line": "1", "species": "B", "used": "no"}
    | {"annotations": "3"},
]


def said(*rows, licences=(), unread=()):
    return list(summary_notes(rows, ["A"], RECORDINGS, ANNOTATIONS, unread, dict(licences)))


def test_of_a_good_run_only_what_was_left_out_is_told():
    left, others = said(ROW)
    assert left.startswith("2 recordings: 1 used, 0 not annotated, 1 unusable")
    assert others.startswith("Annotations of other species, ignored: B 3")


def test_recordings_that_are_odd_and_rows_that_are_no_calls_are_counted():
    recordings = [*RECORDINGS, {"recording": "t", "status": "ok", "reason": "holds 2 streams"}]
    passed = {"recording": "r", "status": "passed over", "line": "", "species": "", "used": ""}
    notes = list(
        left_out(
            [*recordings[:2], recordings[2] | {"recording": "r"}],
            [*ANNOTATIONS, passed | {"skipped": "7", "reason": "no label"}],
        )
    )
    assert "Recordings that are used though something is odd: 1 (results/recordings.csv)." in notes
    assert notes[-1] == (
        "Rows of annotations that are no calls: no label 7 (results/annotations.csv)."
    )


@pytest.mark.fault(
    "Recordings",
    "files of kinds that are not read (.wac, .m4a and others)",
    sees="Sound of kinds that are not read: .m4a 1, .wac 1 (results/files_not_read.csv).",
    kept="everything; each is listed, with what to do",
)
def test_files_that_are_not_read_are_counted(tmp_path, sees):
    names = ("a.wav", "b.m4a", "c.WAC", "d.txt", "e.pdf", "f", ".g", "sub/h.xlsx")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    used = {str(tmp_path / "a.wav"), str(tmp_path / "sub/h.xlsx")}
    rows = list(unread_files(str(tmp_path), "recordings", used, (".txt", ".xlsx")))
    assert [Path(row["file"]).name for row in rows] == ["b.m4a", "c.WAC", "d.txt", "e.pdf", "f"]
    assert rows[2]["reason"] == "lies outside of annotations.source"
    notes = said(ROW, unread=rows)
    assert notes[1] == sees
    assert notes[2].startswith("Files that are not read: .txt 1, .pdf 1, no ending 1")


def test_labels_that_look_misspelt_are_named():
    slip = {"recording": "", "status": "misspelt label", "line": "", "species": "AA", "used": ""}
    slip |= {"annotations": "", "reason": "nearest: A", "skipped": "4"}
    notes = list(summary_notes([ROW], ["A"], RECORDINGS, [*ANNOTATIONS, slip], [], {}))
    assert any(note.startswith("Labels that look misspelt: AA 4 (A?). Correct") for note in notes)


def test_leaks_random_weights_and_licences_are_told():
    text = " ".join(
        said(ROW | {"leaks": "by design", "weights": "random"}, licences=[("net", "free")])
    )
    assert "The split night leaks by design" in text
    assert "The weights of net are random" in text
    assert "The licence of net: free." in text


def test_few_groups_with_calls_are_told_of_the_test_part():
    rows = [ROW | {"positive_groups_A": n} for n in ("7", "5", "0")]
    assert "A in 5; 20 or more" in "".join(few_groups(rows, ["A"]))
    assert not list(
        few_groups([ROW, ROW | {"subset": "validation", "positive_groups_A": "1"}], ["A"])
    )


def test_runs_that_did_not_converge_are_named_once():
    rows = [ROW | {"converged": "no", "fold": fold} for fold in "12"]
    (text,) = unsettled([*rows, ROW | {"recipe": "two"}])
    assert text.startswith("Runs that did not converge: night/net/all/one; their logs")
    assert not list(unsettled([ROW]))
