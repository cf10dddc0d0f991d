"""Corrected label files of all recordings whose annotations verdicts are about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from anurans.annotations.formats import Annotation, detect_format
from anurans.annotations.labels import LabelRule
from anurans.annotations.sources import AnnotationSource
from anurans.common.files import whole
from anurans.recordings.matching import file_name
from anurans.review.corrections import AUDACITY, RAVEN, change_rows, correct
from anurans.review.suspicions import MISSING, WRONG
from anurans.review.verdicts import ABSENT, PRESENT, Verdict

ENDINGS = {AUDACITY: ".txt", RAVEN: ".Table.1.selections.txt"}


def correct_all(
    source: AnnotationSource,
    verdicts: Iterable[Verdict],
    folder: Path,
    labels: Mapping[str, str],
    rule: LabelRule,
) -> list[dict[str, object]]:
    """Write a corrected file for each recording in which anything changes.

    Label files of Audacity and Raven stay as they are but for the lines that change. What is
    annotated in another format or in UTF-16, or in one table of all recordings, is written anew as
    labels of Audacity, with all annotations of the recording; lines are those of the source still.

    Parameters
    ----------
    source
        The annotations; they are read, never written.
    verdicts
        Those of doubts have a part.
    folder
        Where the files go, below the folders that the ids of recordings have.
    labels
        Text of a new label, by species.
    rule
        When annotations make a clip positive.

    Returns
    -------
    list of dict
        Rows of `anurans.review.corrections.CHANGES`.
    """
    of: dict[str, list[Verdict]] = {}
    for one in verdicts:
        if one.row["kind"] == "doubt" and _contradicts(one):
            of.setdefault(one.row["recording"], []).append(one)
    rows: list[dict[str, object]] = []
    for recording, mine in sorted(of.items()):
        file = source.file(recording)
        calls: Sequence[Annotation] = source.annotations(recording)
        kind, data = _read(file, source.is_folder)
        lines: dict[int, int] = {}
        if kind not in ENDINGS:
            kind, data, calls, lines = _as_labels(calls)
        found, changes = correct(data, kind, calls, mine, labels, str(file or recording), rule)
        changes = [replace(each, line=lines.get(each.line, each.line)) for each in changes]
        if not changes:
            continue
        path = folder / file_name(recording, ENDINGS[kind])
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as partial:
            partial.write_bytes(found)
        rows += change_rows(recording, str(file or ""), changes)
    return rows


def _contradicts(one: Verdict) -> bool:
    """Tell whether an answer says something else than the annotations do by the label rule.

    A call that reaches into a clip by less than the rule asks for is no call of that clip: who says
    so agrees with its annotation.
    """
    if not one.asked:
        return one.answer == PRESENT
    return (one.row["stratum"], one.answer) in ((WRONG, ABSENT), (MISSING, PRESENT))


def _read(file: Path | None, of_one: bool) -> tuple[str, bytes]:
    """Format and content of the file of one recording; no format where it is written anew."""
    if file is None or not of_one:
        return (AUDACITY if of_one else ""), b""
    data = file.read_bytes()
    if b"\0" in data:
        return "", b""
    return detect_format(data.decode("utf-8", errors="replace")), data


def _as_labels(
    calls: Iterable[Annotation],
) -> tuple[str, bytes, list[Annotation], dict[int, int]]:
    """Annotations as lines of Audacity, and the same annotations by these lines.

    Returns
    -------
    kind, data, calls, lines
        `lines` has the line of the source that each one of Audacity comes from.
    """
    written: list[str] = []
    renumbered, lines = [], {}
    for call in calls:
        number = len(written) + 1
        lines[number] = call.line
        grade = f"_{call.grade[0].upper()}" if call.grade else ""
        written.append(f"{call.start:.6f}\t{call.end:.6f}\t{call.species}{grade}\n")
        if call.fmin is not None and call.fmax is not None:
            written.append(f"\\\t{call.fmin:.6f}\t{call.fmax:.6f}\n")
        renumbered.append(replace(call, line=number))
    return AUDACITY, "".join(written).encode(), renumbered, lines
