"""Corrected label files of all recordings, beside sources that stay as they are."""

from anurans.annotations.labels import LabelRule
from anurans.annotations.sources import AnnotationSource
from anurans.review.corrected_files import correct_all

from .answers import verdict

TEXT = "1.000000\t4.000000\tLOW_C\n6.000000\t9.000000\tHIGH_F\n10.000000\t10.100000\tLOW\n"


def doubt(question, answer, stratum, species="LOW", recording="site/R1", **other):
    """A clip of 5 s from five times the number of the question."""
    cells = {"queue": "doubt-1", "kind": "doubt", "stratum": stratum, "recording": recording}
    return verdict(question, species, answer, **(cells | other))


def corrected(source, folder, *verdicts):
    rows = correct_all(source, verdicts, folder, {"HIGH": "Alta"}, LabelRule())
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return rows, {str(path.relative_to(folder)): path.read_text() for path in files}


def test_lines_that_no_verdict_contradicts_stay_byte_for_byte(tmp_path):
    file = tmp_path / "labels/site/R1.txt"
    file.parent.mkdir(parents=True)
    file.write_text(TEXT)
    (tmp_path / "labels/site/R2.txt").write_text("")
    ids = ["site/R1", "site/R2", "site/R3"]
    source = AnnotationSource(tmp_path / "labels", ids, ("LOW", "HIGH"))
    rows, found = corrected(
        source,
        tmp_path / "out",
        doubt("q0", "absent", "wrong"),
        # Who agrees that there is no call in 10 to 15 s leaves the tenth of a second as it is.
        doubt("q2", "absent", "missing"),
        doubt("q3", "unsure", "missing", "HIGH"),
        doubt("q1", "present", "missing", "HIGH", "site/R2"),
        doubt("q1", "present", "missing", "HIGH", "site/R3"),
    )
    lines = TEXT.splitlines(keepends=True)
    assert found == {
        "site/R1.txt": "".join(lines[1:]),
        "site/R2.txt": "5.000000\t10.000000\tAlta\n",
        "site/R3.txt": "5.000000\t10.000000\tAlta\n",
    }
    assert [(row["recording"], row["line"]) for row in rows] == [
        ("site/R1", 1),
        ("site/R2", None),
        ("site/R3", None),
    ]
    assert rows[0]["old"].strip() == lines[0].strip() and rows[0]["new"] == ""
    assert file.read_text() == TEXT


def test_what_stands_in_one_table_becomes_labels_of_audacity(tmp_path):
    table = tmp_path / "all.csv"
    table.write_text(
        "recording,start,end,label,fmin,fmax\n"
        "R2,1,2,LOW,100,200\nR1,1,4,LOW_C,300,800\nR1,6,9,HIGH_F,,\n"
    )
    source = AnnotationSource(table, ["R1", "R2"], ("LOW", "HIGH"))
    rows, found = corrected(
        source,
        tmp_path / "out",
        doubt("q1", "absent", "wrong", "HIGH", recording="R1"),
        doubt("q2", "present", "missing", "HIGH", recording="R1"),
        doubt("q0", "absent", "wrong", recording="R2"),
    )
    assert found == {
        "R1.txt": "1.000000\t4.000000\tLOW_C\n\\\t300.000000\t800.000000\n"
        "10.000000\t15.000000\tAlta\n",
        "R2.txt": "",
    }
    # Lines of the table, not of what is written.
    lines = [(row["file"], row["recording"], row["line"]) for row in rows]
    assert lines == [(str(table), "R1", 4), (str(table), "R1", None), (str(table), "R2", 2)]


def test_a_file_in_utf16_is_written_anew(tmp_path):
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/R1.txt").write_text("1.0\t4.0\tLOW\n6.0\t9.0\tHIGH\n", encoding="utf-16")
    source = AnnotationSource(tmp_path / "labels", ["R1"], ("LOW", "HIGH"))
    wrong = doubt("q0", "absent", "wrong", recording="R1")
    rows, found = corrected(source, tmp_path / "out", wrong)
    assert found == {"R1.txt": "6.000000\t9.000000\tHIGH\n"} and rows[0]["line"] == 1
