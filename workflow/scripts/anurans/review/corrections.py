"""Label files corrected by verdicts: whatever no verdict touches stays byte for byte as it was.

Sources are never written. What is made here is put beside them, to be taken over by copying.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anurans.annotations.formats import Annotation
from anurans.annotations.labels import LabelRule, cover, decide
from anurans.common.errors import UserError
from anurans.review.stratified_counts import share_limits
from anurans.review.suspicions import MISSING, WRONG
from anurans.review.verdicts import ABSENT, PRESENT, UNSURE, Verdict

CHANGES = (
    *("recording", "file", "line", "species", "old", "new", "why", "who", "answered_at"),
    *("queue", "question"),
)
YIELD = (
    *("queue", "species", "suspected", "asked", "answered", "unsure", "wrong", "share"),
    *("lower", "upper"),
)
AUDACITY, RAVEN = "audacity", "raven"
_START, _END = "Begin Time (s)", "End Time (s)"
_LOW, _HIGH = "Low Freq (Hz)", "High Freq (Hz)"


@dataclass(frozen=True, slots=True)
class Change:
    """A line of a file that was changed: its number (0 of a new one), and both texts."""

    line: int
    species: str
    old: str
    new: str
    verdict: Verdict


def correct(
    data: bytes,
    kind: str,
    calls: Sequence[Annotation],
    verdicts: Iterable[Verdict],
    labels: Mapping[str, str],
    file: str,
    rule: LabelRule,
) -> tuple[bytes, list[Change]]:
    """Correct a label file.

    Where a call was annotated and somebody heard that there is none, the annotation loses what lies
    within the clip: it is taken out, shortened, or made two. Where somebody heard a call and the
    annotations do not make the clip positive by the label rule, one is added, as long as the event
    that was asked about, or as the clip. Where nobody is sure nothing changes.

    Parameters
    ----------
    data
        What the file holds; UTF-8. No bytes for a recording that has no file yet.
    kind
        `audacity` or `raven`, a selection table.
    calls
        Of the file, as it was read for labels.
    verdicts
        Of this recording, from any queues.
    labels
        Text of a new label, by species.
    file
        Its name, for messages.
    rule
        When annotations make a clip positive.

    Returns
    -------
    data, changes
        The same bytes where nothing changes.

    Raises
    ------
    UserError
        When a selection table lacks its columns.
    """
    lines = re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", data)
    write = _Audacity(lines) if kind == AUDACITY else _Raven(lines, file)
    spans = {call.line: [(call.start, call.end)] for call in calls}
    species = {call.line: call.species for call in calls}
    by: dict[int, Verdict] = {}
    added: list[tuple[str, float, float, Verdict]] = []
    ordered = sorted(verdicts, key=lambda one: (_span(one), one.species))
    for one in ordered:
        low, high = _span(one)
        mine = [line for line, code in species.items() if code == one.species]
        if one.answer == ABSENT:
            for line in mine:
                left = [part for span in spans[line] for part in _without(span, low, high)]
                if left != spans[line]:
                    spans[line], by[line] = left, one
        elif one.answer == PRESENT:
            there = [span for line in mine for span in spans[line]]
            there += [(a, b) for code, a, b, _ in added if code == one.species]
            if not _positive(there, *_clip(one), rule):
                added.append((one.species, low, high, one))
    changes, out = [], list(lines)
    for line, one in sorted(by.items()):
        old = lines[line - 1]
        new = [write.moved(line, *span) for span in spans[line]]
        out[line - 1] = b"".join(new)
        for number in write.belonging(line):
            # Lines of the box come again with each part, and not with none.
            out[number - 1] = b""
            if new:
                out[line - 1] = b"".join(part + lines[number - 1] for part in new)
        texts = (_text(old), " | ".join(_text(part) for part in new))
        changes.append(Change(line, one.species, *texts, one))
    tail = b""
    for code, low, high, one in added:
        new_line = write.added(low, high, labels.get(code, code), one.row)
        tail += new_line
        changes.append(Change(0, code, "", _text(new_line), one))
    body = b"".join(out)
    if tail and body and not body.endswith((b"\n", b"\r")):
        body += write.newline
    return body + tail, changes


def change_rows(
    recording: str, file: str, changes: Iterable[Change]
) -> Iterable[dict[str, object]]:
    """Rows of `CHANGES`."""
    for each in changes:
        row = each.verdict.row
        told: dict[str, object] = {
            what: row.get(what, "") for what in ("why", "answered_at", "queue", "question")
        }
        told |= {"recording": recording, "file": file, "line": each.line or None}
        told |= {"species": each.species, "old": each.old, "new": each.new}
        yield told | {"who": ", ".join(each.verdict.people)}


def doubt_yield(
    verdicts: Iterable[Verdict], asked: Iterable[Mapping[str, str]]
) -> list[dict[str, object]]:
    """Say how many suspected annotations were wrong.

    Parameters
    ----------
    verdicts
        Of any queues; those of doubt count.
    asked
        Rows of the queues of doubt, whose `stratum` is `wrong` (an annotation without a call) or
        `missing` (a call without annotation).

    Returns
    -------
    list of dict
        Rows of `YIELD`, by queue, species and what was suspected. The interval is of the share
        among all suspicions as likely as these, not of all annotations.
    """
    given = {(one.row["queue"], one.row["question"], one.species): one for one in verdicts}
    of: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
    for one in asked:
        if one["kind"] == "doubt" and one["stratum"] in (WRONG, MISSING):
            key = one["queue"], one["species"], one["stratum"]
            of.setdefault(key, []).append((one["queue"], one["question"], one["species"]))
    rows: list[dict[str, object]] = []
    for (queue, species, suspected), questions in sorted(of.items()):
        answers = [given[key].answer for key in questions if key in given]
        sure = [answer for answer in answers if answer != UNSURE]
        wrong = sum(answer == (ABSENT if suspected == WRONG else PRESENT) for answer in sure)
        row: dict[str, object] = {"queue": queue, "species": species, "suspected": suspected}
        row |= {"asked": len(questions), "answered": len(answers)}
        row |= {"unsure": len(answers) - len(sure), "wrong": wrong}
        if sure:
            n = np.array([float(len(sure))])
            ends = share_limits(np.array([float(wrong)]), n, np.array([1e12]))
            row |= {"share": wrong / len(sure), "lower": ends[0][0], "upper": ends[1][0]}
        rows.append(row)
    return rows


def _span(one: Verdict) -> tuple[float, float]:
    """What a verdict is about: its clip, or for a new call the event that was shown, in s."""
    row = one.row
    if one.answer == PRESENT and row.get("event_start") and row.get("event_end"):
        return float(row["event_start"]), float(row["event_end"])
    return _clip(one)


def _clip(one: Verdict) -> tuple[float, float]:
    return float(one.row["start"]), float(one.row["end"])


def _positive(
    spans: Iterable[tuple[float, float]], start: float, end: float, rule: LabelRule
) -> bool:
    """Tell whether annotations make a clip positive."""
    calls = [Annotation(*span, "", "", None, None) for span in spans]
    coverage = cover(np.array([start]), np.array([end]), calls, np.inf)
    return bool(decide(coverage, rule)[0][0])


def _meets(span: tuple[float, float], low: float, high: float) -> bool:
    start, end = span
    return (start < high and end > low) or low <= start == end < high


def _without(span: tuple[float, float], low: float, high: float) -> list[tuple[float, float]]:
    """What is left of an interval outside of another."""
    if not _meets(span, low, high):
        return [span]
    start, end = span
    return [part for part in ((start, min(end, low)), (max(start, high), end)) if part[0] < part[1]]


def _text(line: bytes) -> str:
    return line.decode("utf-8-sig", "replace").rstrip("\r\n")


def _ending(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]


class _Audacity:
    """Lines of an Audacity label file."""

    def __init__(self, lines: Sequence[bytes]):
        self.lines = lines
        self.newline = next((_ending(line) for line in lines if _ending(line)), b"\n")

    def moved(self, line: int, start: float, end: float) -> bytes:
        """The line with other times, written as Audacity does."""
        old = self.lines[line - 1]
        mark = b"\xef\xbb\xbf" if old.startswith(b"\xef\xbb\xbf") else b""
        times = old[len(mark) :].split(b"\t", 2)
        return b"\t".join([mark + f"{start:.6f}\t{end:.6f}".encode(), *times[2:]])

    def belonging(self, line: int) -> Sequence[int]:
        """Numbers of the lines that belong to one: its band of frequencies."""
        following = self.lines[line] if line < len(self.lines) else b""
        return [line + 1] if following.startswith(b"\\") else []

    def added(self, start: float, end: float, label: str, row: Mapping[str, str]) -> bytes:
        """A new label, with its band where one was shown."""
        text = f"{start:.6f}\t{end:.6f}\t{label}".encode() + self.newline
        if row.get("fmin") and row.get("fmax"):
            text += (
                f"\\\t{float(row['fmin']):.6f}\t{float(row['fmax']):.6f}".encode() + self.newline
            )
        return text


class _Raven:
    """Lines of a Raven selection table."""

    def __init__(self, lines: Sequence[bytes], file: str):
        self.lines = lines or [
            b"\t".join(
                name.encode()
                for name in (
                    "Selection",
                    "View",
                    "Channel",
                    _START,
                    _END,
                    _LOW,
                    _HIGH,
                    "Annotation",
                )
            )
            + b"\n"
        ]
        header = _text(self.lines[0]).split("\t")
        self.columns = {name: at for at, name in enumerate(header)}
        self.newline = _ending(self.lines[0]) or b"\n"
        self.empty = not lines
        label = next((n for n in ("Annotation", "Species", "Label") if n in self.columns), "")
        missing = [name for name in (_START, _END) if name not in self.columns]
        if missing or not label:
            missing += [] if label else ["Annotation"]
            raise UserError(
                f"{file}, line 1: no column {', '.join(missing)}; found: {', '.join(header)}. "
                "Make the corrections of the list by hand."
            )
        self.label = label
        self.rows = [_text(line).split("\t") for line in self.lines[1:] if _text(line).strip()]

    def moved(self, line: int, start: float, end: float) -> bytes:
        """The row with other times."""
        old = self.lines[line - 1]
        cells = old.rstrip(b"\r\n").split(b"\t")
        cells[self.columns[_START]] = f"{start:.6f}".encode()
        cells[self.columns[_END]] = f"{end:.6f}".encode()
        return b"\t".join(cells) + (_ending(old) or self.newline)

    def belonging(self, line: int) -> Sequence[int]:
        """Nothing: a selection is one row."""
        return []

    def added(self, start: float, end: float, label: str, row: Mapping[str, str]) -> bytes:
        """A new selection, as high as the event that was shown or as the highest of the table."""
        number = 1 + max((int(cells[0]) for cells in self.rows if cells[0].isdigit()), default=0)
        cells = [""] * len(self.columns)
        given = {"Selection": str(number), "View": "Spectrogram 1", "Channel": "1"}
        given |= {_START: f"{start:.6f}", _END: f"{end:.6f}", self.label: label}
        given |= {_LOW: self._edge(row.get("fmin"), _LOW, min)}
        given |= {_HIGH: self._edge(row.get("fmax"), _HIGH, max)}
        for name, text in given.items():
            if name in self.columns:
                cells[self.columns[name]] = text
        self.rows.append(cells)
        written = "\t".join(cells).encode() + self.newline
        if self.empty:
            self.empty = False
            return self.lines[0] + written
        return written

    def _edge(self, shown: str | None, column: str, best: Callable[..., str]) -> str:
        at = self.columns.get(column)
        if shown or at is None:
            return shown or ""
        known = [cells[at] for cells in self.rows if len(cells) > at and cells[at]]
        return best(known, key=float, default="0" if column == _LOW else "8000")
