"""The text of annotation files: how bytes become lines, and what spreadsheets do to them."""

import re

_DECIMAL_COMMA = re.compile(r"[+-]?\d*(\.\d{3})*,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([,. '\u00a0\u202f]\d{3})+(\.\d+)?")
_CLOCK = re.compile(r"\d+:\d\d(:\d\d)?([.,]\d+)?")
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    rf"\d{{1,4}}[-/. ]{_MONTH}([-/. ]\d{{2,4}})?|{_MONTH}[-/. ]\d{{1,4}}"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}",
    re.IGNORECASE,
)
_CELL_ERROR = re.compile(r"#(NAME\?|VALUE!|REF!|DIV/0!|N/A|NUM!|NULL!|#+)", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*\"?sep=(.)\"?\s*\n", re.IGNORECASE)
_KINDS = {
    b"PK\x03\x04": "a workbook (.xlsx, .ods) or zip file",
    b"\xd0\xcf\x11\xe0": "an Excel workbook (.xls)",
    b"%PDF": "a PDF file",
    b"\x1f\x8b": "a gzip file",
    b"RIFF": "a recording",
    b"fLaC": "a recording",
}


# A mark that says "as above" to people, in a cell or a label.
_DITTO = {'"', "''", "\u3003", "\u2033", "\u201c", "\u201d", '-"-', '""', "ditto", "idem"}


class NotText(Exception):
    """Bytes that are no text: the line, what was found and what was expected."""


def decode(data: bytes) -> str:
    """Decode UTF-8, or UTF-16 with a byte-order mark, and make every line end a newline.

    Raises
    ------
    NotText
        With the line, what was found and what was expected.
    """
    for start, kind in _KINDS.items():
        if data.startswith(start):
            raise NotText(1, kind, "text (in a spreadsheet, save as CSV UTF-8)")
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    expected = "UTF-8 text (save the file again as UTF-8)"
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        at, found = error.start, f"byte 0x{data[error.start]:02x}, which is not {error.encoding}"
    else:
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
        at, found = data.find(b"\0"), "NUL bytes (UTF-16 without a byte-order mark?)"
    line = 1 + max(data.count(b"\n", 0, at), data.count(b"\r", 0, at))
    raise NotText(line, found, expected)


def split_separator(text: str) -> tuple[str, str]:
    """Split the line `sep=;` that Excel reads and writes from a table: separator, rest."""
    match = _SEPARATOR.match(text)
    # The line stays as an empty one, so that the others keep their numbers.
    return (match[1], "\n" + text[match.end() :]) if match else ("", text)


def delimiter(header: str) -> str:
    """Tell what separates the columns of a header."""
    return max("\t;,", key=header.count)


def plain(name: str) -> str:
    """Write the name of a column as all are compared.

    Examples
    --------
    >>> plain(' "Begin Time (s)"')
    'begin_time_(s)'
    """
    return name.strip().strip('"').lower().replace(" ", "_")


def number_hint(text: str) -> str:
    """Say why a text that looks like a number is none, empty where it does not."""
    if is_ditto(text):
        return "a ditto mark; write the number again"
    text = text.strip().strip('"')
    if _DECIMAL_COMMA.fullmatch(text):
        return "decimal comma; use a point"
    if _THOUSANDS.fullmatch(text):
        return "thousands are separated; write digits and a point only"
    if _CLOCK.fullmatch(text):
        return "a time of day; give seconds"
    return cell_hint(text)


def cell_hint(text: str) -> str:
    """Say what a spreadsheet made of a cell, empty where it looks untouched."""
    text = text.strip()
    if _DATE.fullmatch(text):
        return "a date, which a spreadsheet makes of such text; format the column as text"
    if _CELL_ERROR.fullmatch(text):
        return "an error of a spreadsheet"
    return ""


def is_ditto(text: str) -> bool:
    """Tell whether a cell says no more than that it is as the one above.

    Examples
    --------
    >>> is_ditto('"'), is_ditto("BOAALB")
    (True, False)
    """
    return text.strip().lower() in _DITTO
