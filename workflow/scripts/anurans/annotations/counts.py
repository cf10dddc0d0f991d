"""Counts of annotations, for people to look through and for splits to be balanced by."""

from collections.abc import Iterable, Sequence
from math import fsum
from pathlib import Path

from anurans.annotations.formats import Annotation, Problem
from anurans.annotations.readers import BAND, SILENT
from anurans.annotations.sources import AnnotationSource

# Rows that were read for what they say, though they are no calls.
READ = (SILENT, BAND)


def count_annotations(
    source: AnnotationSource, recordings: Iterable[str], beyond: Sequence[Problem] = ()
) -> list[dict]:
    """Count annotations of each recording and species, for people to look through.

    Parameters
    ----------
    source : AnnotationSource
        Where the annotations are.
    recordings : iterable of str
        Ids of the recordings to count for.
    beyond : sequence of Problem
        Calls past the end of their recordings, which are skipped too.

    Returns
    -------
    list of dict
        `recording, status, file, species, used, annotations, seconds, far, medium, clear,
        ungraded, skipped, line, reason`. Status is "annotated", "empty", "not annotated" or
        "unreadable" of a recording; "no recording", "passed over" and "not read" of what was read
        as no annotation, with the number of rows in `skipped` and why in `reason`; and "skipped"
        of each line that is left out. `used` tells if the species is in the config, `seconds` sums
        the durations in s.

    Raises
    ------
    UserError
        If anything in the files is wrong: with all problems of all recordings.
    """
    rows, skipped = [], [*source.problems, *beyond]
    left_out = {(problem.recording, problem.line) for problem in beyond}
    unreadable = {problem.recording for problem in skipped}
    for recording in sorted(set(recordings)):
        file = source.file(recording)
        by_species: dict[str, list[Annotation]] = {}
        for call in source.annotations(recording):
            if (recording, call.line) in left_out:
                continue
            by_species.setdefault(call.species, []).append(call)
        for species, calls in sorted(by_species.items()):
            used = "yes" if species in source.species else "no"
            rows.append(_row(recording, "annotated", file, species, used, calls))
        if not by_species:
            status, is_annotated = "empty", source.annotated(recording)
            if not is_annotated:
                status = "unreadable" if recording in unreadable else "not annotated"
            rows.append(_row(recording, status, file, calls=() if is_annotated else None))
    if source.source.is_dir():
        rows += [_row("", "no recording", name) for name in source.without_recording]
    for file, reading in source.readings():
        for name, count in sorted(reading.without_recording.items()):
            rows.append(_row(name, "no recording", file) | {"skipped": count})
        for (what, recording), count in sorted(reading.passed.items()):
            if what not in READ:
                row = _row(recording, "passed over", file)
                rows.append(row | {"skipped": count, "reason": what})
        for part, count in reading.unread.items():
            row = _row("", "not read", file)
            rows.append(row | {"skipped": count, "reason": part})
    for problem in skipped:
        row = _row(problem.recording, "skipped", problem.file)
        about = {"skipped": problem.lines, "line": problem.line, "reason": problem.reason}
        rows.append(row | about)
    return rows


def _row(
    recording: str,
    status: str,
    file: Path | str | None,
    species: str = "",
    used: str = "",
    calls: Sequence[Annotation] | None = None,
) -> dict:
    row = {
        "recording": recording,
        "status": status,
        "file": "" if file is None else str(file),
        "species": species,
        "used": used,
    }
    counts = ("annotations", "seconds", "far", "medium", "clear", "ungraded")
    about = dict.fromkeys(("skipped", "line", "reason"), "")
    if calls is None:
        return row | dict.fromkeys(counts, "") | about
    grades = [call.grade for call in calls]
    seconds = round(fsum(call.end - call.start for call in calls), 6)
    numbers = (len(calls), seconds, *map(grades.count, ("far", "medium", "clear", "")))
    return row | dict(zip(counts, numbers, strict=True)) | about


def clips_touched(source: AnnotationSource, length: float) -> dict[str, dict[str, int]]:
    """Count the clips of `length` s that calls touch, by species of the config and recording.

    From the annotations alone, so that a call past the end of its recording counts too.
    """
    found: dict[str, dict[str, int]] = {species: {} for species in sorted(source.species)}
    for recording in source.recordings:
        clips: dict[str, set[int]] = {species: set() for species in found}
        for call in source.annotations(recording):
            if call.species in clips:
                last = max(call.start, call.end - 1e-6)
                clips[call.species].update(
                    range(int(call.start // length), int(last // length) + 1)
                )
        for species, of in clips.items():
            if of:
                found[species][recording] = len(of)
    return found
