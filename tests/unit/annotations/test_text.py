"""Bytes of annotation files, and cells that a spreadsheet has changed."""

import pytest

from anurans.annotations.text import NotText, cell_hint, decode, number_hint, split_separator


@pytest.mark.parametrize(
    "data",
    [
        b"a\r\nb",
        b"a\rb",
        b"\xef\xbb\xbfa\nb",
        "a\nb".encode("utf-16"),
        b"\xfe\xff" + "a\r\nb".encode("utf-16-be"),
    ],
)
def test_every_encoding_and_line_end_gives_the_same_text(data):
    assert decode(data) == "a\nb"


@pytest.mark.parametrize(
    ("data", "line", "found"),
    [
        (b"PK\x03\x04...", 1, "a workbook (.xlsx, .ods) or zip file"),
        (b"\xd0\xcf\x11\xe0", 1, "an Excel workbook (.xls)"),
        (b"RIFF....WAVE", 1, "a recording"),
        (b"a\nb\n\xe9", 3, "byte 0xe9, which is not utf-8"),
        (b"a\rb\r\xe9", 3, "byte 0xe9, which is not utf-8"),
        (b"a\n\0", 2, "NUL bytes (UTF-16 without a byte-order mark?)"),
    ],
)
def test_what_is_no_text_is_named(data, line, found):
    with pytest.raises(NotText) as caught:
        decode(data)
    assert caught.value.args[:2] == (line, found)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,5", "decimal comma"),
        ("1.234,5", "decimal comma"),
        ("1,234.5", "thousands"),
        ("1.234.567", "thousands"),
        ("1 234", "thousands"),
        ("00:01:05", "a time of day"),
        ("01-May", "a date"),
        ("May-25", "a date"),
        ("01.05.2024", "a date"),
        ("#VALUE!", "an error of a spreadsheet"),
        ("####", "an error of a spreadsheet"),
        ("x", ""),
        ("1.5", ""),
    ],
)
def test_numbers_that_a_spreadsheet_changed_are_explained(text, hint):
    assert number_hint(f" {text} ").startswith(hint)
    assert bool(number_hint(text)) == bool(hint)


@pytest.mark.parametrize("text", ["BOAALB_F", "rain", "3.1", "type 1-2", "MAR1", "Mayfly", "x-1"])
def test_labels_are_left_alone(text):
    assert cell_hint(text) == ""


def test_the_separator_that_excel_writes():
    assert split_separator("sep=;\na;b") == (";", "\na;b")
    assert split_separator("a;b") == ("", "a;b")
