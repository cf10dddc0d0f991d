"""Statements about a stretch of a recording: listened to, a species present in it, or absent.

A statement is an `Annotation` whose species says so, so that it goes wherever annotations go, and
whoever looks for calls of a species passes it over. What follows from statements for clips is in
`anurans.annotations.known`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from math import inf

from anurans.annotations.formats import Annotation, Builder, Reading
from anurans.annotations.readers import EMPTY, NAMES
from anurans.annotations.rows import WORKBOOKS, Misquoted, Row, SheetRows, TextRows, sheets
from anurans.annotations.text import NotText, decode, is_ditto, plain

PRESENT, ABSENT, HEARD, UNSURE = "present", "absent", "listened", "unsure"
# What people write for each; numbers above 1 are calling indices of point counts.
ANSWERS = {
    PRESENT: "present presence yes y true 1 2 3",
    ABSENT: "absent absence no n false 0",
    HEARD: "listened heard",
    UNSURE: "unsure unknown maybe ? skip skipped na",
}
MEANS = {text: answer for answer, texts in ANSWERS.items() for text in texts.split()}
COLUMNS = {
    "recording": f"{NAMES['table']['recording']} audio_file_id",
    "start": NAMES["table"]["start"],
    "end": NAMES["table"]["end"],
    "species": "species species_code code label",
    "answer": "answer verdict presence",
    "kind": "kind",
}
EXPECTED = "present, absent, listened or unsure (yes, no, 1 and 0 are understood)"
# Kinds of queues whose clips were chosen, for being hard, rare or alike, and not drawn; and the
# grade of a statement about such a clip. It is learnt from, and nothing is judged by it.
CHOSEN_KINDS, CHOSEN = ("teach", "search"), "chosen"
# Rows that say nothing, by why.
NOT_SURE, UNANSWERED, NOTHING = "not sure", "no answer", "nothing stated of any species"
_WIDE = re.compile(r"species[_ ]", re.IGNORECASE)


def marked(answer: str, species: str = "") -> str:
    """Species of the annotation that is a statement.

    Examples
    --------
    >>> marked("absent", "BOAALB"), marked("listened")
    (' absent BOAALB', ' listened')
    """
    return f" {answer} {species}".rstrip()


def stated(species: str) -> tuple[str, str] | None:
    """Answer and species of a statement, the latter empty for all; None where it is a call.

    Examples
    --------
    >>> stated(" absent BOAALB"), stated(" listened"), stated("BOAALB")
    (('absent', 'BOAALB'), ('listened', ''), None)
    """
    if species[:1] != " ":
        return None
    answer, _, name = species[1:].partition(" ")
    return answer, name


def without_chosen(annotations: Iterable[Annotation]) -> list[Annotation]:
    """Annotations that models are judged by: those about clips that nobody chose."""
    return [each for each in annotations if each.grade != CHOSEN]


def read_statements(
    data: bytes,
    file: str,
    species: Collection[str],
    resolve: Callable[[str], str | None],
    labels: Mapping[str, str] | None = None,
    judge_chosen: bool = False,
) -> Reading:
    """Read a table of statements, of text or a workbook.

    Either it has the columns `recording`, `start`, `end`, `species` and `answer`, or, as those of
    weak labels do, a column for each species (with or without `SPECIES_` before its code), of which
    each cell is an answer. Times in s; both empty, or no such columns: the whole recording.

    Parameters
    ----------
    data, file, species, resolve, labels
        As `anurans.annotations.formats.read_annotations` takes them.
    judge_chosen
        Whether models are judged by clips that were chosen as well.

    Returns
    -------
    Reading
        Statements as annotations, of other species too; of clips that were chosen, which the column
        `kind` tells, with the grade `CHOSEN`. Rows that say nothing are in `passed`.
    """
    reading = Reading()
    builder = Builder(file, frozenset(species), reading.problems, "", labels or {})
    try:
        if file.lower().endswith(WORKBOOKS):
            found = sheets(data)
            fit = [each for each in found if _Table(each.header().cells, builder).missing == ""]
            chosen = next(iter([*fit, *found]), None)
            for sheet in found:
                if sheet is not chosen:
                    reading.unread[f'sheet "{sheet.name}"'] = len(sheet)
            if chosen is not None:
                _read(chosen, builder, reading, resolve, judge_chosen)
        else:
            text = decode(data)
            if text.strip():
                _read(TextRows(text), builder, reading, resolve, judge_chosen)
    except NotText as error:
        line, what, expected = error.args
        builder.problem(line, what, expected, whole=True)
    except Misquoted as error:
        builder.recording = ""
        builder.problem(error.args[0], error.args[1], "quotes around whole fields", whole=True)
    reading.problems.sort(key=lambda problem: problem.line)
    return reading


class _Table:
    """Which column of a header says what; `missing` is a sentence's end where one is missing."""

    def __init__(self, header: list[str], builder: Builder) -> None:
        names = [plain(cell) for cell in header]
        twice = sorted({name for name in names if name and names.count(name) > 1})
        self.at: dict[str, int] = {}
        for key, texts in COLUMNS.items():
            found = [names.index(text) for text in texts.split() if text in names]
            if found:
                self.at[key] = found[0]
        # Of a wide table: species of each column; and columns that may be of other species.
        self.wide: dict[int, str] = {}
        self.others: dict[int, str] = {}
        if "answer" not in self.at:
            for column, cell in enumerate(header):
                if column in self.at.values():
                    continue
                text = _WIDE.sub("", cell.strip(), count=1)
                if species := builder.known(text):
                    self.wide[column] = species
                else:
                    self.others[column] = text
        self.missing = ""
        if clashing := [name for name in twice if name in " ".join(COLUMNS.values()).split()]:
            self.missing = f"no two columns with one name: {', '.join(clashing)}"
        elif "recording" not in self.at:
            self.missing = "a column recording"
        elif "answer" not in self.at and not self.wide:
            self.missing = "a column answer, or one for each species with 0 and 1"
        elif ("start" in self.at) != ("end" in self.at):
            self.missing = "columns start and end, or neither"


def _read(
    table: TextRows | SheetRows, builder: Builder, reading: Reading, resolve, judge_chosen: bool
) -> None:
    header = table.header()
    about = _Table(header.cells, builder)
    if about.missing:
        there = f"the columns {', '.join(name.strip() for name in header.cells)}"
        builder.problem(header.line, there, about.missing, whole=True)
        return
    width = len(header.cells)
    used = {*about.at.values(), *about.wide}
    rows = []
    for row in table.rows(width, used):
        reading.rows += 1
        builder.recording = ""
        if len(row.cells) < width or any(map(str.strip, row.cells[width:])):
            expected = f"{width}, as in the header"
            builder.problem(row.line, f"{len(row.cells)} fields", expected, last=row.last)
            continue
        rows.append(row)
        name = row.cells[about.at["recording"]].strip()
        if not name or is_ditto(name):
            builder.problem(row.line, f'recording "{name}"', "the name of a recording")
            continue
        recording = resolve(name)
        if recording is None:
            reading.without_recording[name] += 1
            continue
        builder.recording = recording
        _read_row(row, about, builder, reading, judge_chosen)
    for column, text in about.others.items():
        cells = {row.cells[column].strip().lower() for row in rows} - {""}
        if text and cells and cells <= {"0", "1", "2", "3"}:
            reading.unread[f"column {text}"] = len(rows)


def _read_row(
    row: Row, about: _Table, builder: Builder, reading: Reading, judge_chosen: bool
) -> None:
    """Read one row about the recording that `builder` holds."""
    recording, cells = builder.recording, row.cells

    def cell(key: str) -> str:
        return cells[about.at[key]].strip() if key in about.at else ""

    times = (cell("start"), cell("end"))
    empty = [text in EMPTY for text in times]
    if any(empty) != all(empty):
        found = f"{'start' if empty[0] else 'end'} empty"
        builder.problem(row.line, found, "both, or neither for the whole recording")
        return
    start, end = (0.0, inf)
    if not any(empty):
        low, high = (
            builder.number(row.line, text, name)
            for text, name in zip(times, ("start", "end"), strict=True)
        )
        if low is None or high is None:
            return
        if high <= low:
            builder.problem(row.line, f'end "{times[1]}", start "{times[0]}"', "an end after start")
            return
        start, end = low, high

    grade = CHOSEN if cell("kind") in CHOSEN_KINDS and not judge_chosen else ""

    def add(answer: str, species: str) -> None:
        mark = Annotation(start, end, marked(answer, species), grade, None, None, row.line)
        reading.annotations.setdefault(recording, []).append(mark)

    if not about.wide:
        answer, text = _answer(cell("answer"), row.line, builder), cell("species")
        if answer == UNSURE:
            reason = NOT_SURE if cell("answer") else UNANSWERED
            reading.passed[reason, recording] += 1
        elif answer == HEARD and not text:
            add(HEARD, "")
        elif answer and (names := builder.split(row.line, text)):
            add(answer, names[0])
        return
    said = [
        (_answer(cells[column], row.line, builder), species)
        for column, species in about.wide.items()
    ]
    for answer, species in said:
        if answer and answer != UNSURE:
            add(answer, species)
    if all(answer == UNSURE for answer, _ in said):
        reading.passed[NOTHING, recording] += 1


def _answer(text: str, line: int, builder: Builder) -> str | None:
    """What a cell answers, an empty one UNSURE; None and a problem where it is not understood."""
    text = text.strip()
    answer = UNSURE if text in EMPTY else MEANS.get(text.removesuffix(".0").lower())
    if answer is None:
        builder.problem(line, f'answer "{text}"', EXPECTED)
    return answer
