"""Counts of annotations, for people to look through and for splits to be balanced by."""

from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from pathlib import Path

from anurans.annotations.formats import Annotation, Problem
from anurans.annotations.sources import AnnotationSource
from anurans.common.errors import UserError, listing
from anurans.common.wording import be, counted


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
        ungraded, skipped, line, reason`. Status is "annotated", "empty", "not annotated",
        "unreadable", "no recording" or "skipped"; of the last four all counts are empty. `used`
        tells if the species is in the config, `seconds` sums the durations in s. What is skipped
        has a row for each line, with 1 in `skipped`.

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
    is_folder = source.source.is_dir()
    for name in source.without_recording:
        stranger = ("", name) if is_folder else (name, source.source)
        rows.append(_row(stranger[0], "no recording", stranger[1]))
    for problem in skipped:
        row = _row(problem.recording, "skipped", problem.file)
        rows.append(row | {"skipped": 1, "line": problem.line, "reason": problem.reason})
    return rows


def refuse_different(source: AnnotationSource, copies: Mapping[str, str]) -> None:
    """Refuse copies of a recording that are annotated otherwise than the one that is used.

    Parameters
    ----------
    source
        Where the annotations are.
    copies
        Of each copy, the recording of the same sound that is used.

    Raises
    ------
    UserError
        With the files of both.
    """
    different = []
    for copy, used in copies.items():
        if not source.annotated(copy):
            continue
        mine = [call.key() for call in source.annotations(copy)]
        if not source.annotated(used):
            different.append(f"{copy} ({source.file(copy)}) has annotations, {used} has none")
        elif mine != [call.key() for call in source.annotations(used)]:
            different.append(f"{copy} ({source.file(copy)}) and {used} ({source.file(used)})")
    if different:
        raise UserError(
            f"{counted(len(different), 'recording')} of the same sound as another one "
            f"{be(len(different))} annotated otherwise, so that nobody knows which annotations "
            f"hold; keep one recording of each pair, or make both alike:\n{listing(different)}"
        )


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
