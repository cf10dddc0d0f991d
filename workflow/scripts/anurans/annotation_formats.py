"""Reads the text of annotation files: Audacity labels, Raven selections, tables with a header.

Nothing malformed is skipped or guessed: every reader goes on to the end of its file and returns
what it understood beside a list of problems, so that a caller can gather the problems of all files.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite

# CHO (a chorus) and OVL (overlapping calls) say nothing of distance.
_CODES = {"far": "F L FAR", "medium": "M MED", "clear": "C H CLR", "": "CHO OVL"}
GRADES = {code: grade for grade, codes in _CODES.items() for code in codes.split()}

_NAMES = {
    "table": {
        "recording": "recording fname filename file audio_file soundscape_file sound.files",
        "start": "start min_t start_time start_s start_seconds begin begin_time onset roi_start",
        "end": "end max_t end_time end_s end_seconds offset roi_end",
        "label": "label species annotation roi_label tag code class",
        "fmin": "fmin min_f f_min freq_min low_f low_freq low_frequency roi_min_freq bottom.freq",
        "fmax": "fmax max_f f_max freq_max high_f high_freq high_frequency roi_max_freq top.freq",
    },
    "raven": {
        "recording": "begin_file begin_path",
        "start": "begin_time_(s)",
        "end": "end_time_(s)",
        "label": "annotation annotations species label labels tag tags species_code class",
        "fmin": "low_freq_(hz)",
        "fmax": "high_freq_(hz)",
        "selection": "selection",
        "offset": "file_offset_(s)",
    },
}
COLUMNS = tuple(_NAMES["table"])
# monitoraSom and warbleR write these in kHz.
_KILOHERTZ = {"roi_min_freq", "roi_max_freq", "bottom.freq", "top.freq"}
_EMPTY = ("", "NA")  # R writes NA
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+\s*")
_NUMBER = re.compile(r"(^|[\s;,])[+-]?\d+([.,]\d+)?($|[\s;,])")
_LABEL_START = re.compile(r"\s*([+-]?[.,]?\d\S*\s|\\)")
_LABEL_LINE, _BAND_LINE = "start<TAB>end<TAB>label", "\\<TAB>low<TAB>high"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One call, or bout of calls, that a person marked in a recording.

    `start` and `end` are in s from the start of the recording, equal for a point; `species` is the
    label without its grade, which is "far", "medium", "clear", or "" where none is given; `fmin`
    and `fmax` are in Hz, None where unknown.
    """

    start: float
    end: float
    species: str
    grade: str
    fmin: float | None
    fmax: float | None

    def key(self) -> tuple:
        """Return what annotations are sorted by: every field, an unknown frequency first."""
        fmin = -1.0 if self.fmin is None else self.fmin
        fmax = -1.0 if self.fmax is None else self.fmax
        return self.start, self.end, self.species, self.grade, fmin, fmax


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line of an annotation file; `str` makes a sentence of it."""

    file: str
    line: int
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: found {self.found}; expected {self.expected}"


@dataclass(slots=True)
class Reading:
    """What a file holds. A recording with an empty list is annotated: nothing was heard."""

    annotations: dict[str, list[Annotation]] = field(default_factory=dict)
    without_recording: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def split_label(text: str, species: Collection[str]) -> tuple[str, str]:
    """Split the text of an annotation, such as `BOAALB_F`, into species and grade.

    Text that does not begin with a configured species and `_` is another species.

    Raises
    ------
    ValueError
        If the text is a configured species, `_` and something that is no known grade.
    """
    if text in species:
        return text, ""
    stem, _, suffix = text.rpartition("_")
    if stem in species and suffix in GRADES:
        return stem, GRADES[suffix]
    known = max((code for code in species if text.startswith(f"{code}_")), key=len, default="")
    if known:
        raise ValueError(f'unknown grade "{text[len(known) + 1 :]}" of {known} in label "{text}"')
    return (stem, GRADES[suffix]) if stem and suffix in GRADES else (text, "")


def _decode(data: bytes) -> str:
    """Decode UTF-8, or UTF-16 with a byte-order mark, and make every line end a newline."""
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if is_utf16 else "utf-8-sig")
    if "\0" in text:
        raise UnicodeError("NUL bytes (UTF-16 without a byte-order mark?)")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def detect_format(text: str, columns: Mapping[str, str] | None = None) -> str:
    """Tell from its first line whether decoded `text` is audacity, raven or table.

    A line without any number is taken for a header: its reader says which columns are missing.
    """
    first = next((line for line in text.split("\n") if line.strip()), "")
    if not first or _LABEL_START.match(first):
        return "audacity"
    delimiter = _delimiter(first)
    names = {_plain(name) for name in first.split(delimiter)}
    if "begin_time_(s)" in names:
        return "raven"
    known = " ".join(_NAMES["table"].values()).split()
    known += [_plain(name) for name in (columns or {}).values()]
    is_header = names.intersection(known) or (delimiter in first and not _NUMBER.search(first))
    return "table" if is_header else "audacity"


def read_annotations(
    data: bytes,
    file: str,
    species: Collection[str],
    resolve: Callable[[str], str | None],
    recording: str | None = None,
    format: str = "auto",
    columns: Mapping[str, str] | None = None,
) -> Reading:
    """Read the bytes of an annotation file.

    Parameters
    ----------
    data : bytes
        Content of the file.
    file : str
        Its name, for messages.
    species : collection of str
        The configured species.
    resolve : callable
        Gives the recording that a name in the file means, or None.
    recording : str, optional
        The recording that the whole file belongs to; without it each row has to name its own.
    format : {"auto", "audacity", "raven", "table"}
        How to read it; "auto" looks at the content.
    columns : mapping, optional
        Names of the columns for `recording`, `start`, `end`, `label`, `fmin`, `fmax`.

    Returns
    -------
    Reading
        Annotations in the order of the file, times in s, frequencies in Hz, and all problems.
    """
    reading = Reading()
    try:
        text = _decode(data)
    except UnicodeError as error:
        reading.problems.append(_undecodable(data, file, error))
        return reading
    if recording is not None:
        reading.annotations[recording] = []
    if not text.strip():
        return reading
    format = detect_format(text, columns) if format == "auto" else format
    builder = _Builder(file, frozenset(species), reading.problems)
    if format != "audacity":
        _read_table(text, builder, reading, _NAMES[format], columns or {}, resolve, recording)
    elif recording is not None:
        reading.annotations[recording] = _read_audacity(text, builder)
    else:
        found = "no header: an Audacity label file names no recording"
        builder.problem(1, found, "a table with a header and a column for the recording")
    return reading


def _undecodable(data: bytes, file: str, error: UnicodeError) -> Problem:
    at, found = max(data.find(b"\0"), 0), str(error)
    if isinstance(error, UnicodeDecodeError):
        at, found = error.start, f"byte 0x{data[error.start]:02x}, which is not {error.encoding}"
    line = 1 + max(data.count(b"\n", 0, at), data.count(b"\r", 0, at))
    return Problem(file, line, found, "UTF-8 text (save the file again as UTF-8)")


class _Builder:
    """Makes annotations of the texts of one file and collects its problems."""

    def __init__(self, file: str, species: frozenset[str], problems: list[Problem]):
        self.file, self.species, self.problems = file, species, problems
        self.to_hertz = float
        self._labels: dict[str, tuple[str, str]] = {}

    def problem(self, line: int, found: str, expected: str) -> None:
        self.problems.append(Problem(self.file, line, found, expected))

    def build(
        self, line: int, start: str, end: str, label: str, low: str = "", high: str = ""
    ) -> Annotation | None:
        """Return the annotation of one line, or None and at least one problem."""
        before = len(self.problems)
        first, last = self.number(line, start, "start"), self.number(line, end, "end")
        names = self._labels.get(label) or self._split(line, label)
        band = self.band(line, low, high) if low or high else (None, None)
        if None not in (first, last) and last < first:
            found = f'end "{end.strip()}" before start "{start.strip()}"'
            self.problem(line, found, "an end at or after the start")
        return Annotation(first, last, *names, *band) if len(self.problems) == before else None

    def number(self, line: int, text: str, name: str, unit: str = "seconds") -> float | None:
        """Return a finite number, a time at least 0; or None and a problem."""
        try:
            value = float(text)
        except ValueError:
            value = None
        # Python alone reads 1_5 as 15. Adding zero turns -0.0 into 0.0.
        is_number = value is not None and "_" not in text
        if is_number and isfinite(value) and (value >= 0 or unit == "Hz"):
            return value + 0.0
        found, expected = f'{name} "{text.strip()}"', f"a number of {unit}"
        if not text.strip():
            found = f"empty {name}"
        elif _DECIMAL_COMMA.fullmatch(text):
            expected += " (decimal comma; use a point)"
        elif not is_number:
            found += ", not a number"
        elif isfinite(value):
            found, expected = f"negative {found}", f"{expected}, 0 or more"
        else:
            expected = f"a finite number of {unit}"
        self.problem(line, found, expected)
        return None

    def band(self, line: int, low: str, high: str) -> list[float | None]:
        """Return lowest and highest frequency in Hz, None where unknown or a problem."""
        values = []
        for text, name in (low, "low frequency"), (high, "high frequency"):
            value = None if text.strip() in _EMPTY else self.number(line, text, name, "Hz")
            # Audacity writes -1 where a side of the band is undefined.
            is_known = value is not None and value >= 0
            values.append(self.to_hertz(value) if is_known else None)
        if None not in values and values[1] < values[0]:
            found = f'high frequency "{high.strip()}" below low frequency "{low.strip()}"'
            self.problem(line, found, "high at or above low")
        return values

    def _split(self, line: int, label: str) -> tuple[str, str] | None:
        text = label.strip()
        if not text or "\n" in text:
            found = "a label over several lines" if text else "empty label"
            self.problem(line, found, "a species code, with or without a grade")
            return None
        try:
            self._labels[label] = split_label(text, self.species)
        except ValueError as error:
            self.problem(line, str(error), f"no grade or one of {', '.join(GRADES)}")
        return self._labels.get(label)


def _read_audacity(text: str, builder: _Builder) -> list[Annotation]:
    annotations: list[Annotation | None] = []
    follows_label = False
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        fields = content.split("\t")
        is_band = fields[0].strip() == "\\"
        if is_band and not follows_label:
            found = "a frequency line without a label line before it"
            builder.problem(line, found, f"{_LABEL_LINE} before {_BAND_LINE}")
        elif len(fields) != 3:
            count = f"{len(fields)} fields" if len(fields) > 1 else "no tab"
            found = f'{count} in "{content:.60}"'
            builder.problem(line, found, _BAND_LINE if is_band else _LABEL_LINE)
        if not is_band:
            annotations.append(builder.build(line, *fields) if len(fields) == 3 else None)
        elif follows_label and len(fields) == 3:
            band = builder.band(line, *fields[1:])
            if annotations[-1]:
                annotations[-1] = replace(annotations[-1], fmin=band[0], fmax=band[1])
        follows_label = not is_band
    return [annotation for annotation in annotations if annotation is not None]


def _read_table(text, builder, reading, names, columns, resolve, owner) -> None:
    rows = _rows(text, builder)
    line, header = next(rows, (1, []))
    at = _places(line, header, builder, names, columns, owner)
    if at is None:
        return
    if _KILOHERTZ & {_plain(header[at[key]]) for key in ("fmin", "fmax") if key in at}:
        builder.to_hertz = lambda kilohertz: round(1000 * kilohertz, 6)
    low, high = at.get("fmin"), at.get("fmax")
    first, last, label = at["start"], at["end"], at["label"]
    offset = None if "start" in columns else at.get("offset")
    selection, seen = at.get("selection"), set()
    owned = _owned(rows, at.get("recording"), builder, reading, resolve, owner)
    for line, name, row, calls in owned:
        start, end, word = row[first], row[last], row[label]
        if name and word in _EMPTY and start in _EMPTY and end in _EMPTY:
            continue
        bottom, top = "" if low is None else row[low], "" if high is None else row[high]
        call = builder.build(line, start, end, word, bottom, top)
        begin = None if offset is None else builder.number(line, row[offset], "File Offset (s)")
        if call is None or (begin is None and offset is not None):
            continue
        if selection is not None and row[selection]:
            # Raven lists a selection once per view and channel.
            twin = name, row[selection], start, end, word
            if twin in seen:
                continue
            seen.add(twin)
        if begin is not None:
            # Raven counts Begin Time through all files of a window, File Offset within the file.
            call = replace(call, start=begin, end=round(begin + call.end - call.start, 9))
        calls.append(call)


def _owned(rows, where, builder, reading, resolve, owner) -> Iterator[tuple]:
    """Yield the rows that belong to a recording, with the list that their annotations go to."""
    known: dict[str, list[Annotation] | None] = {}
    for line, row in rows:
        name = "" if where is None else row[where].strip()
        if name not in known:
            recording = resolve(name) if name else owner
            if recording is None and name and not owner:
                reading.without_recording.append(name)
            is_ours = recording is not None and owner in (None, recording)
            known[name] = reading.annotations.setdefault(recording, []) if is_ours else None
        if known[name] is not None:
            yield line, name, row, known[name]
        elif owner or not name:
            expected = f"{owner}, as the file is named" if owner else "the name of a recording"
            builder.problem(line, f'recording "{name}"', expected)


def _rows(text: str, builder: _Builder) -> Iterator[tuple[int, list[str]]]:
    """Yield the header and the rows that are as wide, with their line numbers."""
    header = next(line for line in text.split("\n") if line.strip())
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(header), strict=True)
    line, width = 1, 0
    try:
        for row in reader:
            if row and (row[0].strip() or any(map(str.strip, row))):
                width = width or len(row)
                # Spreadsheets may write further empty cells at the end of a row.
                if len(row) != width and (len(row) < width or any(row[width:])):
                    builder.problem(line, f"{len(row)} fields", f"{width}, as in the header")
                else:
                    yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        builder.problem(line, f"a quote out of place ({error})", "quotes around whole fields")


def _places(line, header, builder, names, columns, owner) -> dict[str, int] | None:
    plain, places, missing = [_plain(name) for name in header], {}, []
    optional = {"selection", "offset", "fmin", "fmax"} | ({"recording"} if owner else set())
    for key, usual in names.items():
        wanted = [_plain(columns[key])] if key in columns else usual.split()
        chosen = next((name for name in wanted if name in plain), None)
        if chosen is not None and plain.count(chosen) > 1:
            missing.append(f"{key} (one column {chosen}, not {plain.count(chosen)})")
        elif chosen is not None:
            places[key] = plain.index(chosen)
        elif key not in optional or (key in columns and key != "recording"):
            missing.append(f"{key} ({' or '.join(wanted)})")
    if missing:
        found = f"the columns {', '.join(name.strip() for name in header)}"
        builder.problem(line, found, f"columns for {', '.join(missing)}")
        return None
    return places


def _delimiter(header: str) -> str:
    return max("\t;,", key=header.count)


def _plain(name: str) -> str:
    return name.strip().strip('"').lower().replace(" ", "_")
