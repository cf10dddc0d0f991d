"""Counts of annotations, for people to look through and for splits to be balanced by."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from math import fsum, inf
from pathlib import Path

from anurans.annotations.formats import LISTENED, Annotation, Problem, plain_label
from anurans.annotations.readers import BAND, SILENT
from anurans.annotations.sources import AnnotationSource
from anurans.annotations.statements import stated
from anurans.common.errors import UserError, listing
from anurans.common.wording import be, counted

# Rows that were read for what they say, though they are no calls.
READ = (SILENT, BAND)
# How like a known label one must be, from 0 to 1, to be taken for a slip of the hand.
MISSPELT = 0.8


def nearest_label(text: str, known: Mapping[str, str]) -> tuple[str, bool]:
    """Find the known label that is most like one that is not understood.

    Parameters
    ----------
    text
        The label.
    known
        What is known, as `plain_label` writes it, and the species that it stands for.

    Returns
    -------
    species : str
        Empty where none is like it.
    is_misspelt : bool
        Whether the label looks like that one, misspelt.

    Examples
    --------
    >>> nearest_label("BOALB", {"boaalb": "BOAALB", "phycuv": "PHYCUV"})
    ('BOAALB', True)
    >>> nearest_label("rain", {"boaalb": "BOAALB"})
    ('', False)
    """
    plain = plain_label(text)
    found = get_close_matches(plain, known, n=1)
    if not found:
        return "", False
    return known[found[0]], SequenceMatcher(None, plain, found[0]).ratio() >= MISSPELT


def _known(source: AnnotationSource, names: Mapping[str, str]) -> dict[str, str]:
    """What stands for each species: its name, the labels that are listed, its code."""
    known = {plain_label(name): species for species, name in names.items()}
    listed = {text: name for text, name in source.labels.items() if name != LISTENED}
    return known | listed | {plain_label(species): species for species in source.species}


def count_annotations(
    source: AnnotationSource,
    recordings: Iterable[str],
    beyond: Sequence[Problem] = (),
    names: Mapping[str, str] | None = None,
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
    names : mapping, optional
        Name of each species, to which labels are compared too.

    Returns
    -------
    list of dict
        `recording, status, file, species, used, annotations, seconds, far, medium, clear,
        ungraded, skipped, line, reason`. Status is "annotated", "empty", "in part" (by
        statements alone), "not annotated" or "unreadable" of a recording; "present", "absent" and
        "listened" of what is stated of it;
        "no recording", "passed over" and "not read" of what was read as no annotation, with the
        number of rows in `skipped` and why in `reason`; "skipped" of each line that is left out;
        and "other label" or "misspelt label" of each label that is of no species of the config,
        with its count in `skipped` and the nearest that is. `used` tells if the species is in the
        config, `seconds` sums the durations in s, empty where one is of a whole recording.

    Raises
    ------
    UserError
        If anything in the files is wrong: with all problems of all recordings.
    """
    rows, skipped = [], [*source.problems, *beyond]
    others: Counter[str] = Counter()
    left_out = {(problem.file, problem.line) for problem in beyond}
    unreadable = {problem.recording for problem in skipped}
    recordings = sorted(set(recordings))
    for recording in recordings:
        file = source.file(recording)
        by_species: dict[str, list[Annotation]] = {}
        for call in source.own(recording):
            if (str(file), call.line) in left_out:
                continue
            by_species.setdefault(call.species, []).append(call)
        for species, calls in sorted(by_species.items()):
            used = "yes" if species in source.species or species == LISTENED else "no"
            if used == "no":
                others[species] += len(calls)
            rows.append(_row(recording, "annotated", file, species, used, calls))
        if not by_species:
            status = "not annotated"
            none: list[Annotation] | None = None
            if source.has_own(recording):
                status, none = "empty", []
            elif source.annotated(recording):
                status = "in part"
            elif recording in unreadable:
                status = "unreadable"
            rows.append(_row(recording, status, file, calls=none))
    rows += _count_statements(source, frozenset(recordings), left_out, others)
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
    known = _known(source, names or {})
    for label, count in sorted(others.items(), key=lambda each: (-each[1], each[0])):
        nearest, is_misspelt = nearest_label(label, known)
        row = _row("", "misspelt label" if is_misspelt else "other label", None, label)
        about = {"skipped": count, "reason": f"nearest: {nearest}" if nearest else ""}
        rows.append(row | about)
    for problem in skipped:
        row = _row(problem.recording, "skipped", problem.file)
        about = {"skipped": problem.lines, "line": problem.line, "reason": problem.reason}
        rows.append(row | about)
    return rows


def _count_statements(
    source: AnnotationSource,
    recordings: Collection[str],
    left_out: Collection[tuple[str, int]],
    others: Counter[str],
) -> list[dict]:
    """Rows of what is stated of each recording, by table, answer and species."""
    rows = []
    for path, reading in source.statements.readings:
        for recording, statements in sorted(reading.annotations.items()):
            if recording not in recordings:
                continue
            kinds: dict[tuple[str, str], list[Annotation]] = {}
            for each in statements:
                said = stated(each.species)
                if said and (str(path), each.line) not in left_out:
                    kinds.setdefault(said, []).append(each)
            for (answer, species), found in sorted(kinds.items()):
                used = "yes" if species in source.species or not species else "no"
                if used == "no":
                    others[species] += len(found)
                rows.append(_row(recording, answer, path, species, used, found))
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
            different.append(f"{_named(source, copy)} has annotations, {used} has none")
        elif mine != [call.key() for call in source.annotations(used)]:
            different.append(f"{_named(source, copy)} and {_named(source, used)}")
    if different:
        raise UserError(
            f"{counted(len(different), 'recording')} {be(len(different))} annotated otherwise "
            "than another one of the same sound. It is not known which annotations are right. Keep "
            f"one recording of each pair, or make both alike:\n{listing(different)}"
        )


def _named(source: AnnotationSource, recording: str) -> str:
    """A recording, and the files that its annotations stand in."""
    files = [*filter(None, [source.file(recording)]), *source.speaking([recording])]
    return f"{recording} ({', '.join(map(str, files))})"


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
    total = fsum(call.end - call.start for call in calls)
    # A statement may be about all of a recording.
    seconds = round(total, 6) if total < inf else ""
    numbers = (len(calls), seconds, *map(grades.count, ("far", "medium", "clear", "")))
    return row | dict(zip(counts, numbers, strict=True)) | about


def clips_touched(source: AnnotationSource, length: float) -> dict[str, dict[str, int]]:
    """Count the clips of `length` s that calls touch, by species of the config and recording.

    From the annotations alone, so that a call past the end of its recording counts too.
    """
    found: dict[str, dict[str, int]] = {species: {} for species in sorted(source.species)}
    for recording in source.recordings:
        for species, stretches in source.called(recording, length).items():
            clips: set[int] = set()
            for start, end in stretches:
                last = max(start, end - 1e-6)
                clips.update(range(int(start // length), int(last // length) + 1))
            if clips:
                found[species][recording] = len(clips)
    return found
