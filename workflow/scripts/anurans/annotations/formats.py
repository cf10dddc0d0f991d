"""Reads the text of annotation files: Audacity labels, Raven selections, tables with a header.

Nothing malformed is skipped or guessed: every reader goes on to the end of its file and returns
what it understood beside a list of problems, so that a caller can gather the problems of all files.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite

from anurans.annotations.readers import EMPTY, NAMES, read_table
from anurans.annotations.text import (
    NotText,
    cell_hint,
    decode,
    delimiter,
    number_hint,
    plain,
    split_separator,
)

# CHO (a chorus) and OVL (overlapping calls) say nothing of distance.
_CODES = {"far": "F L FAR", "medium": "M MED", "clear": "C H CLR", "": "CHO OVL"}
GRADES = {code: grade for grade, codes in _CODES.items() for code in codes.split()}

_NUMBER = re.compile(r"(^|[\s;,])[+-]?\d+([.,]\d+)?($|[\s;,])")
_LABEL_START = re.compile(r"\s*([+-]?[.,]?\d\S*\s|\\)")
_LABEL_LINE, _BAND_LINE = "start<TAB>end<TAB>label", "\\<TAB>low<TAB>high"


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


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line of an annotation file; `str` makes a sentence of it.

    `recording` is the one that the line belongs to, empty where that is not known; `whole` tells
    that nothing after the line, or in all of the file, can be understood.
    """

    file: str
    line: int
    found: str
    expected: str
    recording: str = ""
    whole: bool = False

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"

    @property
    def reason(self) -> str:
        """What is wrong, without where."""
        return f"found {self.found}; expected {self.expected}"


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

    Examples
    --------
    >>> split_label("BOAALB_F", {"BOAALB"})
    ('BOAALB', 'far')
    >>> split_label("other_frog", {"BOAALB"})
    ('other_frog', '')
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


def detect_format(text: str, columns: Mapping[str, str] | None = None) -> str:
    """Tell from its first line whether decoded `text` is audacity, raven or table.

    A line without any number is taken for a header: its reader says which columns are missing.

    Examples
    --------
    >>> detect_format("0.5\\t1.5\\tBOAALB_F")
    'audacity'
    >>> detect_format("file,start,end,species")
    'table'
    """
    separator, text = split_separator(text)
    first = next((line for line in text.split("\n") if line.strip()), "")
    if separator:
        return "raven" if "begin time (s)" in first.lower() else "table"
    if not first or _LABEL_START.match(first):
        return "audacity"
    between = delimiter(first)
    names = {plain(name) for name in first.split(between)}
    if "begin_time_(s)" in names:
        return "raven"
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
    builder = _Builder(file, frozenset(species), reading.problems, recording or "")
    try:
        text = decode(data)
    except NotText as error:
        line, found, expected = error.args
        builder.problem(line, found, expected, whole=True)
        return reading
    if recording is not None:
        reading.annotations[recording] = []
    if not text.strip():
        return reading
    format = detect_format(text, columns) if format == "auto" else format
    if format != "audacity":
        read_table(text, builder, reading, NAMES[format], columns or {}, resolve, recording)
    elif recording is not None:
        reading.annotations[recording] = _read_audacity(text, builder)
    else:
        found = "no header: an Audacity label file names no recording"
        expected = "a table with a header and a column for the recording"
        builder.problem(1, found, expected, whole=True)
    for name, calls in reading.annotations.items():
        _drop_twins(calls, builder, name)
    reading.problems.sort(key=lambda problem: problem.line)
    return reading


def _drop_twins(calls: list[Annotation], builder: "_Builder", recording: str) -> None:
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


class _Builder:
    """Makes annotations of the texts of one file and collects its problems."""

    def __init__(self, file: str, species: frozenset[str], problems: list[Problem], recording: str):
        self.file, self.species, self.problems = file, species, problems
        self.owner = self.recording = recording
        self.to_hertz: Callable[[float], float] = float
        self._labels: dict[str, tuple[str, str]] = {}

    def problem(self, line: int, found: str, expected: str, whole: bool = False) -> None:
        self.problems.append(Problem(self.file, line, found, expected, self.recording, whole))

    def build(
        self, line: int, start: str, end: str, label: str, low: str = "", high: str = ""
    ) -> Annotation | None:
        """Return the annotation of one line, or None and at least one problem."""
        before = len(self.problems)
        first, last = self.number(line, start, "start"), self.number(line, end, "end")
        names = self._labels.get(label) or self._split(line, label)
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
        if value is not None and isfinite(value) and (value >= 0 or unit == "Hz"):
            return value + 0.0  # which turns -0.0 into 0.0
        found, expected = f'{name} "{text.strip()}"', f"a number of {unit}"
        if not text.strip():
            found = f"empty {name}"
        elif value is None:
            hint = number_hint(text)
            found, expected = (
                (found, f"{expected} ({hint})") if hint else (f"{found}, not a number", expected)
            )
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

    def _split(self, line: int, label: str) -> tuple[str, str] | None:
        text = label.strip()
        if not text or "\n" in text:
            found = "a label over several lines" if text else "empty label"
            self.problem(line, found, "a species code, with or without a grade")
            return None
        if text not in self.species and (hint := cell_hint(text)):
            self.problem(line, f'label "{text}"', f"a species code ({hint})")
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
            before = len(builder.problems)
            band = builder.band(line, *fields[1:])
            if annotations[-1] and len(builder.problems) == before:
                annotations[-1] = replace(annotations[-1], fmin=band[0], fmax=band[1])
        follows_label = not is_band
    return [annotation for annotation in annotations if annotation is not None]
