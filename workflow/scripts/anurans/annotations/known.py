"""What is known of a recording: where a species calls or does not, and where nobody knows.

An annotated recording is known from start to end, unless something in it is marked as listened to:
then it is annotated in part. A recording of which there are statements alone bears a mark of no
length, `NOWHERE`, so that it is annotated in part as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from anurans.annotations.formats import LISTENED, Annotation, Problem
from anurans.annotations.statements import (
    ABSENT,
    HEARD,
    PRESENT,
    marked,
    stated,
    without_chosen,
)
from anurans.recordings.clips import TOLERANCE, ClipTable
from anurans.recordings.times import union

Interval = tuple[float, float]
# What somebody may leave out at an end of a recording, in s, and have heard all of it.
EDGE = 0.1
NOWHERE = Annotation(0.0, 0.0, LISTENED, "", None, None)


def is_partial(annotations: Iterable[Annotation]) -> bool:
    """Tell whether annotations of a recording hold for parts of it only."""
    return any(each.species.startswith(LISTENED) for each in annotations)


def known_time(annotations: Sequence[Annotation], species: str) -> list[Interval] | None:
    """Stretches of a recording, in s, in which all calls of a species are annotated.

    They are those that somebody listened to for all species or for this one, and those that it is
    absent from.

    Returns
    -------
    list of tuple, or None
        None where it is all of the recording.

    Examples
    --------
    >>> heard = Annotation(0.0, 30.0, " listened", "", None, None)
    >>> absent = Annotation(30.0, 45.0, " absent BOAALB", "", None, None)
    >>> known_time([heard, absent], "BOAALB"), known_time([heard, absent], "PHYCUV")
    ([(0.0, 45.0)], [(0.0, 30.0)])
    >>> known_time([absent], "BOAALB") is None
    True
    """
    if not is_partial(annotations):
        return None
    says = {(HEARD, ""), (HEARD, species), (ABSENT, species)}
    found = ((each.start, each.end) for each in annotations if stated(each.species) in says)
    return union(each for each in found if each[1] > each[0])


def present_time(annotations: Iterable[Annotation], species: str) -> list[Interval]:
    """Stretches, in s, in each of which a species calls somewhere."""
    says = (PRESENT, species)
    return sorted({(each.start, each.end) for each in annotations if stated(each.species) == says})


def is_within(
    starts: np.ndarray, ends: np.ndarray, stretches: Sequence[Interval] | None
) -> np.ndarray:
    """Whether each clip lies within one of some stretches [shape=(n,), dtype=bool]; None is all."""
    if stretches is None:
        return np.ones(len(starts), dtype=bool)
    found = np.zeros(len(starts), dtype=bool)
    for low, high in stretches:
        found |= (starts >= low - TOLERANCE) & (ends <= high + TOLERANCE)
    return found


def shows(
    starts: np.ndarray,
    ends: np.ndarray,
    stretches: Sequence[Interval],
    duration: float,
    hidden: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Which clips show the whole of a stretch in which a species calls somewhere.

    A clip of which a time mask hides a part of the stretch does not tell any more: the call may be
    what is hidden. A frequency mask changes nothing, as with calls of unknown frequencies.

    Parameters
    ----------
    starts, ends : np.ndarray [shape=(n,)]
        Of the clips, in s of the recording.
    stretches
        From `present_time`.
    duration
        Of the recording, in s; a stretch ends with it.
    hidden : np.ndarray [shape=(n, m, 2)]
        What time masks hide of each clip, in s of the recording.

    Returns
    -------
    whole, masked : np.ndarray [shape=(n,), dtype=bool]
        Clips that show all of a stretch; and those that would, but for a mask.
    """
    whole, masked = np.zeros(len(starts), dtype=bool), np.zeros(len(starts), dtype=bool)
    for low, high in stretches:
        high = min(high, duration)
        holds = (starts <= low + TOLERANCE) & (ends >= high - TOLERANCE)
        shared = np.minimum(hidden[:, :, 1], high) - np.maximum(hidden[:, :, 0], low)
        erased = (shared > TOLERANCE).any(axis=1)
        whole |= holds & ~erased
        masked |= holds & erased
    return whole, masked & ~whole


def has_known(annotations: Sequence[Annotation], species: Iterable[str], length: float) -> bool:
    """Whether some clip of a recording may have a label, as far as its annotations tell."""
    if not is_partial(annotations):
        return True
    return any(
        known_time(annotations, name) or called(annotations, name, length) for name in species
    )


def called(annotations: Sequence[Annotation], species: str, length: float) -> list[Interval]:
    """Stretches, in s, that make clips of `length` positive: known calls, and what one clip holds.

    Clips that begin at multiples of their length are meant. Whether a species is present in all of
    a recording is no label of any clip.
    """
    known = known_time(annotations, species)
    calls = [
        (call.start, call.end)
        for call in annotations
        if call.species == species and (known is None or _reaches(call, known))
    ]
    return calls + [
        (low, high)
        for low, high in present_time(annotations, species)
        if high <= ((low + TOLERANCE) // length + 1) * length + TOLERANCE
    ]


def _reaches(call: Annotation, stretches: Iterable[Interval]) -> bool:
    """Whether a call shares time with stretches; a point lies in one."""
    if call.start == call.end:
        return any(low <= call.start < high for low, high in stretches)
    return any(min(call.end, high) - max(call.start, low) > TOLERANCE for low, high in stretches)


def find_contradictions(
    annotations: Mapping[str, Sequence[Annotation]],
    files: Mapping[tuple[str, Annotation], str],
    own: Mapping[str, str],
    durations: Mapping[str, float] | None = None,
) -> list[Problem]:
    """Statements that others, or calls, speak against.

    Refused are a call within a stretch that its species is said to be absent from; presence in a
    stretch that is said to be without the species; and presence in a stretch whose calls are all
    annotated, none of them of the species.

    Parameters
    ----------
    annotations
        Of each recording that there are statements of.
    files
        File of each statement, by recording.
    own
        File that the calls of each recording stand in.
    durations
        Of recordings, in s, where they are known: then stretches may add up to all of one.
    """
    problems = []
    for recording, found in sorted(annotations.items()):
        abouts = {said[1] for each in found if (said := stated(each.species))}
        for species in sorted(abouts - {""}):
            length = (durations or {}).get(recording, np.inf)
            for each, against in _contradicted(found, species, recording, files, own, length):
                answer = PRESENT if each.species == marked(PRESENT, species) else ABSENT
                what = f"{species} {answer} {_shown(each)}, but {against}"
                expected = "no contradiction; correct one of the two, or leave the statement out"
                file = files[recording, each]
                problems.append(Problem(file, each.line, what, expected, recording))
    return problems


def _contradicted(
    found: Sequence[Annotation],
    species: str,
    recording: str,
    files: Mapping[tuple[str, Annotation], str],
    own: Mapping[str, str],
    duration: float,
) -> Iterator[tuple[Annotation, str]]:
    """Statements about a species in a recording that something speaks against, and what."""
    calls = [each for each in found if each.species == species]
    absences = [each for each in found if stated(each.species) == (ABSENT, species)]
    empty = _to_the_ends(union((each.start, each.end) for each in absences), duration)
    known = known_time(found, species)
    known = None if known is None else _to_the_ends(known, duration)
    for each in absences:
        span = [(each.start, each.end)]
        if call := next((call for call in calls if _reaches(call, span)), None):
            at = f"{own[recording]}, line {call.line}"
            yield each, f"{at}, has a call {_shown(call)}"
    for each in found:
        span = [(each.start, each.end)]
        if stated(each.species) != (PRESENT, species):
            continue
        if _lies(each, empty):
            other = next(absent for absent in absences if _reaches(absent, span))
            at = f"{files[recording, other]}, line {other.line}"
            yield each, f"{at}, has it absent {_shown(other)}"
        elif _lies(each, known) and not any(_reaches(call, span) for call in calls):
            where = own.get(recording, "what was listened to")
            yield each, f"all calls there are annotated, and {where} has none of {species}"


def _to_the_ends(stretches: Iterable[Interval], duration: float) -> list[Interval]:
    """Stretches, those that end with the recording as if they went on for ever."""
    return [
        (0.0 if low <= EDGE else low, np.inf if high >= duration - EDGE else high)
        for low, high in stretches
    ]


def _lies(each: Annotation, stretches: Sequence[Interval] | None) -> bool:
    """Whether an annotation lies within one of some stretches; None is all."""
    ends = np.array([each.start]), np.array([each.end])
    return bool(is_within(*ends, stretches)[0])


def _shown(each: Annotation) -> str:
    if each.end == float("inf"):
        return "in all of the recording"
    return f"from {each.start:g} to {each.end:g} s"


def by_chosen_alone(
    clips: ClipTable,
    annotations: Mapping[str, Sequence[Annotation]],
    durations: Mapping[str, float],
    species: Sequence[str],
) -> np.ndarray:
    """Tell which labels are known by statements about chosen clips alone.

    Parameters
    ----------
    clips
        Of recordings in `annotations`; masks of copies hide nothing here.
    annotations, durations
        Of each recording; durations in s.
    species
        Codes.

    Returns
    -------
    np.ndarray [shape=(n, species), dtype=bool]
    """
    found = np.zeros((len(clips), len(species)), dtype=bool)
    for recording, every in annotations.items():
        others = without_chosen(every)
        if len(others) == len(every):
            continue
        rows = np.flatnonzero(clips.recording == recording)
        place = clips.source_start[rows], clips.source_end[rows]
        hidden = np.zeros((len(rows), 0, 2))
        for column, name in enumerate(species):
            known = [
                is_within(*place, known_time(of, name))
                | shows(*place, present_time(of, name), durations[recording], hidden)[0]
                for of in (every, others)
            ]
            found[rows, column] = known[0] & ~known[1]
    return found
