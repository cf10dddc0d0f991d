"""Tables of text, written and read."""

import csv
import re

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.common.tables import (
    bare_formula,
    format_cell,
    format_score,
    guard_formula,
    read_table,
    write_table,
)

ROWS = [{"a": "x", "b": 'a "quoted", tab\tand é蛙'}, {"a": "", "b": "two\nlines"}]


@pytest.fixture
def table(tmp_path):
    """Give a function that writes a file of text and returns its path."""

    def write(text, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_scores_keep_their_order_however_small():
    scores = np.float32([3.1e-8, 3.2e-8, 0.25, 0.99999994])
    cells = [format_score(score) for score in scores]
    assert cells[2:] == ["0.25", "0.99999994"] and len(set(cells)) == 4
    # Nine digits give back a number of single precision.
    assert np.array_equal(np.float32([float(cell) for cell in cells]), scores)
    assert format_score(float("nan")) == ""


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("text", "text"),
        ("1.5", "1.5"),
        (3, "3"),
        (np.int64(3), "3"),
        (0.1, "0.100000"),
        (np.float32(0.5), "0.500000"),
        (np.float64(2), "2.000000"),
        (1 / 3, "0.333333"),
        (None, ""),
        (float("nan"), ""),
        (np.float64("nan"), ""),
    ],
)
def test_a_cell(value, cell):
    assert format_cell(value) == cell


def test_bytes_of_a_table(tmp_path):
    write_table(tmp_path / "t.csv", ["a", "b"], [{"a": 1, "b": 0.5}, {"b": "x,y", "z": 3}])
    assert (tmp_path / "t.csv").read_bytes() == b'a,b\n1,0.500000\n,"x,y"\n'
    write_table(tmp_path / "t.tsv", ["b", "a"], [{"a": 1, "b": None}])
    assert (tmp_path / "t.tsv").read_bytes() == b"b\ta\n\t1\n"


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "T.CSV"])
def test_what_is_written_is_read(tmp_path, name):
    write_table(tmp_path / name, ["a", "b"], ROWS)
    assert read_table(tmp_path / name, ["b"]) == ROWS
    write_table(tmp_path / name, ["a", "b"], [])
    assert read_table(tmp_path / name) == []


def test_rows_that_fail_leave_no_table(tmp_path):
    def rows():
        yield {"a": 1}
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        write_table(tmp_path / "t.csv", ["a"], rows())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "\ufeffa,b\r\n1,2\r\n", "a,b\n1,2", "a,b\n\n1,2\n"])
def test_forms_of_a_table(table, text):
    assert read_table(table(text), ["a", "b"]) == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,c\n1,2\n", "t.csv, line 1: no column b, d; found: a, c."),
        ("", "t.csv, line 1: no column a, b, d; found: an empty file."),
        ("a,b,d\n1,2,3\n1,2\n", "t.csv, line 3: the number of fields differs from the header's 3"),
        ("a,b,d\n1,2,3,4\n", "t.csv, line 2: the number of fields differs from the header's 3"),
        (b"a,b,d\n\xff,2,3\n", "t.csv: cannot be read as a UTF-8 table"),
        ('a,b,d\n"1"x,2,3\n', "t.csv: cannot be read as a UTF-8 table"),
    ],
)
def test_what_is_no_such_table_is_refused(table, text, sentence):
    with pytest.raises(UserError) as caught:
        read_table(table(text), ["a", "b", "d"])
    assert sentence in str(caught.value)


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"t\.csv: cannot be opened: No such file"):
        read_table(tmp_path / "t.csv")


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "-x", '=HYPERLINK("http://x")']
TEXTS = [
    *FORMULAS,
    "'=1",
    "''-x",
    "it's",
    "a;=1",
    "a;'=1",
    "x\n=1",
    "a-b",
    "-",
    "'",
    "",
    "- 1",
    "1=1",
]


@pytest.mark.fault(
    "Security",
    "a label, name or path that begins like a formula (`=`, `+`, `-`, `@`, a tab), in a .csv",
    sees="'",
    kept="the text; the workflow drops the apostrophe when it reads the table",
)
@pytest.mark.parametrize("text", TEXTS)
def test_no_cell_of_a_csv_is_a_formula(tmp_path, text, sees):
    path = tmp_path / "t.csv"
    write_table(path, ["a", "b"], [{"a": text, "b": text}])
    with path.open(newline="") as file:
        cell = list(csv.reader(file))[1][0]
    if text in FORMULAS:
        assert cell.startswith(sees)
    # Also where a spreadsheet takes a semicolon, or a line, for the end of a cell.
    assert not re.search(r"(^|[;\t\r\n])[=+\-@]", cell)
    kept = text.replace("\r", "\n")
    assert read_table(path) == [{"a": kept, "b": kept}]


@pytest.mark.parametrize("value", [-1, -0.5, "-1.5", "+3", "-.5", "-1e-05", "-0.250000"])
def test_numbers_stay_numbers(tmp_path, value):
    write_table(tmp_path / "t.csv", ["a"], [{"a": value}])
    (row,) = read_table(tmp_path / "t.csv")
    assert row["a"] == format_cell(value) and float(row["a"]) == float(value)


def test_tables_between_jobs_hold_text_as_it_is(tmp_path):
    write_table(tmp_path / "t.tsv", ["a"], [{"a": "=1"}])
    assert (tmp_path / "t.tsv").read_text() == "a\n=1\n"


@pytest.mark.parametrize("text", TEXTS)
def test_a_guard_is_taken_away_once(text):
    assert bare_formula(guard_formula(text)) == text
    assert bare_formula(guard_formula(guard_formula(text))) == guard_formula(text)


def test_a_table_with_semicolons_says_so(table):
    with pytest.raises(UserError, match="separated by ';'; expected commas"):
        read_table(table("recording;fold\na;1\n"), ["recording", "fold"])
