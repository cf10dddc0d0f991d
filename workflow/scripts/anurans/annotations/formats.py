"""Reads annotation files: labels of Audacity and Praat, subtitles, tables with a header.

Nothing malformed is skipped or guessed: every reader goes on to the end of its file and returns
what it understood beside a list of problems, so that a caller can gather the problems of all files.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite

from anurans.annotations.praat import read_textgrid
from anurans.annotations.readers import (
    BAND,
    EMPTY,
    NAMES,
    SILENT,
    UNNAMED,
    header_format,
    places,
    read_table,
)
from anurans.annotations.rows import WORKBOOKS, SheetRows, TextRows, sheets
from anurans.annotations.subtitles import is_subtitles, read_subtitles
from anurans.annotations.text import (
    NotText,
    cell_hint,
    decode,
    delimiter,
    is_ditto,
    number_hint,
    plain,
    split_separator,
)
from anurans.recordings.names import composed

# CHO (a chorus) and OVL (overlapping calls) say nothing of distance.
_CODES = {"far": "F L FAR", "medium": "M MED", "clear": "C H CLR", "": "CHO OVL"}
GRADES = {code: grade for grade, codes in _CODES.items() for code in codes.split()}

_NUMBER = re.compile(r"(^|[\s;,])[+-]?\d+([.,]\d+)?($|[\s;,])")
_LABEL_START = re.compile(r"\s*([+-]?[.,]?\d\S*\s|\\)")
_LABEL_LINE, _BAND_LINE = "start<TAB>end<TAB>label", "\\<TAB>low<TAB>high"
_TEXTGRID = re.compile(r'\s*(File type\s*=\s*)?"ooTextFile')
# BirdNET's labels for Audacity end with its confidence, and name a species in both ways.
_CONFIDENCE = re.compile(r"[01]\.\d{4}")
# Beyond 115 days a time is in other units, or damaged.
_LATEST = 1e7
FORMATS = ("audacity", "raven", "table", "kaleidoscope", "textgrid", "subtitles")


# Species of an annotation that says what somebody listened to (`anurans.annotations.statements`);
# no label begins with a space.
LISTENED = " listened"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One call, or bout of calls, that a person marked in a recording.

    `start` and `end` are in s from the start of the recording, equal for a point; `species` is the
    label without its grade, which is "far", "medium", "clear", or "" where none is given; `fmin`
    and `fmax` are in Hz, None where unknown; `line` is where it stands in its file.
    """

    start: float
    end: float
    species: str
    grade: str
    fmin: float | None
    fmax: float | None
    line: int = field(default=0, compare=False, repr=False)

    def key(self) -> tuple:
        """Return what annotations are sorted by: every field, an unknown frequency first."""
        fmin = -1.0 if self.fmin is None else self.fmin
        fmax = -1.0 if self.fmax is None else self.fmax
        return self.start, self.end, self.species, self.grade, fmin, fmax


def is_past_end(call: Annotation, duration: float) -> bool:
    """Tell whether a call starts after the end of its recording, or ends far after it.

    Annotators draw past the edge: an end may be late by 1 s, or by a twentieth of the recording.

    Examples
    --------
    >>> is_past_end(Annotation(59.0, 60.5, "BOAALB", "", None, None), 60.0)
    False
    >>> is_past_end(Annotation(2.0, 1500.0, "BOAALB", "", None, None), 60.0)
    True
    """
    return call.start > duration + 1e-6 or call.end > duration + max(1.0, duration / 20) + 1e-6


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line of an annotation file; `str` makes a sentence of it.

    `recording` is the one that the line belongs to, empty where that is not known; `whole` tells
    that nothing after the line, or in all of the file, can be understood; `last` is the last line
    where there are several, else 0.
    """

    file: str
    line: int
    found: str
    expected: str
    recording: str = ""
    whole: bool = False
    last: int = 0

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"

    @property
    def lines(self) -> int:
        """Number of lines that it stands for."""
        return max(1, self.last - self.line + 1)

    @property
    def reason(self) -> str:
        """What is wrong, without where."""
        return f"found {self.found}; expected {self.expected}"


@dataclass(slots=True)
class Reading:
    """What a file holds. A recording with an empty list is annotated: nothing was heard.

    Of the `rows` that it has (labels, or rows below a header), each is a call, or in a problem, or
    counted: in `without_recording` by the name that no recording has, or in `passed`, by what it
    says and recording. `unread` has parts that are not read, such as sheets, and their rows.
    """

    annotations: dict[str, list[Annotation]] = field(default_factory=dict)
    without_recording: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    passed: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: dict[str, int] = field(default_factory=dict)
    rows: int = 0


def plain_label(text: str) -> str:
    """Write a label as those that people list are compared: whatever its case, spaces and accents.

    Examples
    --------
    >>> plain_label(" Boana  Albopunctata ")
    'boana albopunctata'
    """
    return composed(" ".join(text.split())).casefold()


def split_label(
    text: str, species: Collection[str], labels: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Split the text of an annotation, such as `BOAALB_F`, into species and grade.

    Text that does not begin with a configured species and `_` is another species, unless it is one
    of `labels`: species of each text that stands for one, as `plain_label` writes it.

    Raises
    ------
    ValueError
        If the text is a configured species, `_` and something that is no known grade.

    Examples
    --------
    >>> split_label("BOAALB_F", {"BOAALB"})
    ('BOAALB', 'far')
    >>> split_label("other_frog", {"BOAALB"})
    ('other_frog', '')
    >>> split_label("Boana albopunctata_F", {"BOAALB"}, {"boana albopunctata": "BOAALB"})
    ('BOAALB', 'far')
    """
    if text in species:
        return text, ""
    stem, _, suffix = text.rpartition("_")
    if labels:
        if (listed := labels.get(plain_label(text))) is not None:
            return listed, ""
        if suffix in GRADES and (listed := labels.get(plain_label(stem))) is not None:
            return listed, GRADES[suffix]
    if stem in species and suffix in GRADES:
        return stem, GRADES[suffix]
    known = max((code for code in species if text.startswith(f"{code}_")), key=len, default="")
    if known:
        raise ValueError(f'unknown grade "{text[len(known) + 1 :]}" of {known} in label "{text}"')
    return (stem, GRADES[suffix]) if stem and suffix in GRADES else (text, "")


def detect_format(text: str, columns: Mapping[str, str] | None = None) -> str:
    """Tell from its first lines which of `FORMATS` a decoded text is in.

    A line without any number is taken for a header: its reader says which columns are missing.

    Examples
    --------
    >>> detect_format("0.5\\t1.5\\tBOAALB_F")
    'audacity'
    >>> detect_format("file,start,end,species")
    'table'
    """
    if _TEXTGRID.match(text):
        return "textgrid"
    if is_subtitles(text):
        return "subtitles"
    separator, text = split_separator(text)
    first = next((line for line in text.split("\n") if line.strip()), "")
    between = separator or delimiter(first)
    if not separator and (not first or _LABEL_START.match(first)):
        return "audacity"
    names = {plain(name) for name in first.split(between)}
    if separator or header_format(names) != "table":
        return header_format(names)
    known = " ".join(NAMES["table"].values()).split()
    known += [plain(name) for name in (columns or {}).values()]
    is_header = names.intersection(known) or (between in first and not _NUMBER.search(first))
    return "table" if is_header else "audacity"


def read_annotations(
    data: bytes,
    file: str,
    species: Collection[str],
    resolve: Callable[[str], str | None],
    recording: str | None = None,
    format: str = "auto",
    columns: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
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
    format : {"auto", "audacity", "raven", "table", "kaleidoscope", "textgrid", "subtitles"}
        How to read it; "auto" looks at the content.
    columns : mapping, optional
        Names of the columns for `recording`, `start`, `end`, `duration`, `label`, `fmin`, `fmax`.
    labels : mapping, optional
        Species of each other text that stands for one, as `plain_label` writes it.

    Returns
    -------
    Reading
        Annotations in the order of the file, times in s, frequencies in Hz, and all problems.
    """
    reading = Reading()
    builder = Builder(file, frozenset(species), reading.problems, recording or "", labels or {})
    if recording is not None:
        reading.annotations[recording] = []
    try:
        if file.lower().endswith(WORKBOOKS):
            _read_workbook(data, builder, reading, format, columns or {}, resolve, recording)
        else:
            text = decode(data)
            if text.strip():
                _read_text(text, builder, reading, format, columns or {}, resolve, recording)
    except NotText as error:
        line, found, expected = error.args
        builder.problem(line, found, expected, whole=True)
        reading.annotations.clear()
    if recording is not None and reading.passed[UNNAMED, recording]:
        is_silent = reading.passed[SILENT, recording]
        if not reading.annotations.get(recording) and not is_silent:
            del reading.annotations[recording]
    for name, calls in reading.annotations.items():
        _drop_twins(calls, builder, name)
    reading.problems.sort(key=lambda problem: problem.line)
    return reading


def _read_text(text, builder, reading, format, columns, resolve, recording) -> None:
    format = detect_format(text, columns) if format == "auto" else format
    if format in NAMES:
        read_table(TextRows(text), builder, reading, NAMES[format], columns, resolve, recording)
    elif recording is not None:
        reader = {"textgrid": read_textgrid, "subtitles": read_subtitles}.get(
            format, _read_audacity
        )
        reading.annotations[recording] = reader(text, builder, reading)
    else:
        kind = {"textgrid": "a TextGrid", "subtitles": "a file of subtitles"}.get(
            format, "an Audacity label file"
        )
        found = f"no header: {kind} names no recording"
        expected = "a table with a header and a column for the recording"
        builder.problem(1, found, expected, whole=True)


def _read_workbook(data, builder, reading, format, columns, resolve, recording) -> None:
    """Read the first sheet that has the columns; others are counted."""
    found = sheets(data)
    names = {
        sheet.name: NAMES[format if format in NAMES else header_format(sheet.header().cells)]
        for sheet in found
    }
    fit = [
        sheet
        for sheet in found
        if not places(sheet.header().cells, names[sheet.name], columns, recording)[1]
    ]
    read: SheetRows | None = next(iter([*fit, *found]), None)
    for sheet in found:
        if sheet is not read:
            reading.unread[f'sheet "{sheet.name}"'] = len(sheet)
    if read is not None:
        read_table(read, builder, reading, names[read.name], columns, resolve, recording)


def _drop_twins(calls: list[Annotation], builder: "Builder", recording: str) -> None:
    """Take calls that are written twice as a problem, and keep the first of them."""
    if len({call.start for call in calls}) == len(calls):  # nearly always, and quickly told
        return
    first: dict[tuple, int] = {}
    builder.recording = recording
    for call in calls:
        if first.setdefault(call.key(), call.line) != call.line:
            found = f"the same call as in line {first[call.key()]}"
            builder.problem(call.line, found, "each call once (delete one of the lines)")
    calls[:] = [call for call in calls if first[call.key()] == call.line]


class Builder:
    """Makes annotations of the texts of one file and collects its problems."""

    def __init__(
        self,
        file: str,
        species: frozenset[str],
        problems: list[Problem],
        recording: str,
        labels: Mapping[str, str],
    ) -> None:
        self.file, self.species, self.problems = file, species, problems
        self.listed = labels
        self.owner = self.recording = recording
        self.to_hertz: Callable[[float], float] = float
        self._labels: dict[str, tuple[str, str]] = {}

    def problem(
        self, line: int, found: str, expected: str, whole: bool = False, last: int = 0
    ) -> None:
        problem = Problem(self.file, line, found, expected, self.recording, whole, last)
        self.problems.append(problem)

    def build(
        self, line: int, start: str, end: str, label: str, low: str = "", high: str = ""
    ) -> Annotation | None:
        """Return the annotation of one line, or None and at least one problem."""
        before = len(self.problems)
        first, last = self.number(line, start, "start"), self.number(line, end, "end")
        names = self._labels.get(label) or self.split(line, label)
        band = self.band(line, low, high) if low or high else (None, None)
        if first is not None and last is not None and last < first:
            found = f'end "{end.strip()}" before start "{start.strip()}"'
            self.problem(line, found, "an end at or after the start")
        if first is None or last is None or names is None or len(self.problems) > before:
            return None
        species, grade = names
        return Annotation(first, last, species, grade, *band, line)

    def number(self, line: int, text: str, name: str, unit: str = "seconds") -> float | None:
        """Return a finite number, a time at least 0; or None and a problem."""
        try:
            # Python alone reads 1_5 as 15.
            value = None if "_" in text else float(text)
        except ValueError:
            value = None
        is_time = unit != "Hz"
        if value is not None and isfinite(value) and (0 <= value <= _LATEST or not is_time):
            return value + 0.0  # which turns -0.0 into 0.0
        found, expected = f'{name} "{text.strip()}"', f"a number of {unit}"
        if not text.strip():
            found = f"empty {name}"
        elif value is None:
            hint = number_hint(text)
            found, expected = (
                (found, f"{expected} ({hint})") if hint else (f"{found}, not a number", expected)
            )
        elif isfinite(value) and value > 0:
            expected = f"{expected}, at most {_LATEST:.0f} (in other units?)"
        elif isfinite(value):
            found, expected = f"negative {found}", f"{expected}, 0 or more"
        else:
            expected = f"a finite number of {unit}"
        self.problem(line, found, expected)
        return None

    def band(self, line: int, low: str, high: str) -> tuple[float | None, float | None]:
        """Return lowest and highest frequency in Hz, None where unknown or a problem."""
        values: list[float | None] = []
        for text, name in (low, "low frequency"), (high, "high frequency"):
            value = None if text.strip() in EMPTY else self.number(line, text, name, "Hz")
            # Audacity writes -1 where a side of the band is undefined.
            values.append(None if value is None or value < 0 else self.to_hertz(value))
        bottom, top = values
        if bottom is not None and top is not None and top < bottom:
            found = f'high frequency "{high.strip()}" below low frequency "{low.strip()}"'
            self.problem(line, found, "high at or above low")
        return bottom, top

    def known(self, text: str) -> str:
        """Return the species of the config that a text stands for, empty for none."""
        return text if text in self.species else self.listed.get(plain_label(text), "")

    def split(self, line: int, label: str) -> tuple[str, str] | None:
        """Return species and grade of a label, or None and a problem."""
        text = label.strip()
        if not text or "\n" in text:
            found = "a label over several lines" if text else "empty label"
            self.problem(line, found, "a species code, with or without a grade")
            return None
        is_known = text in self.species or plain_label(text) in self.listed
        if not is_known and is_ditto(text):
            expected = "a species code (a ditto mark is none; write it in each row)"
            self.problem(line, f"label {text}", expected)
            return None
        if not is_known and (hint := cell_hint(text)):
            self.problem(line, f'label "{text}"', f"a species code ({hint})")
            return None
        try:
            self._labels[label] = split_label(text, self.species, self.listed)
        except ValueError as error:
            self.problem(line, str(error), f"no grade or one of {', '.join(GRADES)}")
        return self._labels.get(label)


def _read_audacity(text: str, builder: Builder, reading: Reading) -> list[Annotation]:
    annotations: list[Annotation | None] = []
    follows_label = False
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        fields = content.split("\t")
        reading.rows += 1
        is_band = fields[0].strip() == "\\"
        if len(fields) == 4 and ", " in fields[2] and _CONFIDENCE.fullmatch(fields[3].strip()):
            fields = [*fields[:2], fields[2].partition(", ")[0]]
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
            before = len(builder.problems)
            band = builder.band(line, *fields[1:])
            if len(builder.problems) == before:
                reading.passed[BAND, builder.owner] += 1
                if annotations[-1]:
                    annotations[-1] = replace(annotations[-1], fmin=band[0], fmax=band[1])
        follows_label = not is_band
    return [annotation for annotation in annotations if annotation is not None]
