"""Labels: how much of each clip is covered by calls, and when that counts as positive."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anurans.annotations.formats import Annotation, is_past_end
from anurans.annotations.known import is_within, known_time, present_time, shows
from anurans.annotations.statements import stated
from anurans.recordings.clips import TOLERANCE, ClipTable, parse_intervals
from anurans.recordings.times import union

GRADES = ("", "far", "medium", "clear")
RULES = ("default", "any", "contained")
MEASURES = ("overlap", "fraction", "contained", "grade")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of clips by the calls of one species, one entry per clip.

    `overlap` is the time covered by the union of the calls, in s; `fraction` the largest share of
    one call that lies inside; `contained` whether a whole call does; `grade` the best grade of
    the calls that touch the clip, or empty. Where nobody knows, `overlap` and `fraction` are NaN.
    """

    overlap: np.ndarray
    fraction: np.ndarray
    contained: np.ndarray
    grade: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """Whether it is known of each clip if the species calls [shape=(n,), dtype=bool]."""
        return ~np.isnan(self.overlap)

    def __getitem__(self, rows) -> "Coverage":
        return Coverage(*(getattr(self, measure)[rows] for measure in MEASURES))


@dataclass(frozen=True, slots=True)
class LabelRule:
    """When coverage makes a clip positive: the config's `labelling`; times in s."""

    rule: str = "default"
    min_overlap: float = 0.25
    min_fraction: float = 0.5
    ambiguous: str = "negative"

    @property
    def name(self) -> str:
        """Name in tables: the rule, with what differs from the defaults."""
        changed = []
        if self.rule == "default" and (self.min_overlap, self.min_fraction) != (0.25, 0.5):
            changed.append(f"{self.min_overlap:g} s or {self.min_fraction:g}")
        if self.ambiguous == "drop":
            changed.append("ambiguous dropped")
        return f"{self.rule} ({', '.join(changed)})" if changed else self.rule


def rule_in_words(rule: LabelRule) -> str:
    """Say when a species is present in a clip, as labels are made.

    Examples
    --------
    >>> rule_in_words(LabelRule())
    'its calls cover at least 0.25 s of the clip, or at least half of one call lies in the clip'
    """
    match rule.rule:
        case "any":
            words = "any part of one of its calls lies in the clip"
        case "contained":
            words = "one of its calls lies wholly in the clip"
        case _:
            share = {0.5: "half", 1.0: "all"}.get(
                rule.min_fraction, f"{100 * rule.min_fraction:g} %"
            )
            words = (
                f"its calls cover at least {rule.min_overlap:g} s of the clip, or at least {share} "
                "of one call lies in the clip"
            )
    if rule.ambiguous == "drop" and rule.rule != "any":
        words += "; where less of a call does, answer unsure"
    return words


def cover(
    starts: np.ndarray,
    ends: np.ndarray,
    calls: Sequence[Annotation],
    duration: float,
    hidden: np.ndarray | None = None,
) -> Coverage:
    """Measure how the calls of one species cover the clips of one recording.

    Parameters
    ----------
    starts, ends : np.ndarray [shape=(n,)]
        Of the clips, in s.
    calls
        Annotations of the species; cut to the recording, and left out where they lie past its end
        (`anurans.annotations.formats.is_past_end`).
    duration
        Of the recording, in s.
    hidden : np.ndarray [shape=(n, m, 2)], optional
        Intervals within each clip that a mask erases, in s of the recording, not overlapping;
        what they hide of a call counts as outside of the clip.

    Returns
    -------
    Coverage
        With arrays [shape=(n,)], times in s of the recording, rounded to 1 us.
    """
    calls = [call for call in calls if call.start < duration and not is_past_end(call, duration)]
    hidden = np.zeros((len(starts), 0, 2)) if hidden is None else hidden
    begin = np.array([call.start for call in calls])
    end = np.array([min(call.end, duration) for call in calls])
    length = end - begin
    erased = _shared(hidden[:, :, 0], hidden[:, :, 1], begin, end).sum(axis=1)
    starts, ends = starts[:, None], ends[:, None]
    inside = np.clip(_shared(starts, ends, begin, end)[:, 0] - erased, 0, None)
    # A call of no length, a point label, lies in the clip that its time falls into.
    covered = (begin >= hidden[:, :, :1]) & (begin < hidden[:, :, 1:])
    point = (length == 0) & (begin >= starts) & (begin < ends) & ~covered.any(axis=1)
    share = np.where(point, 1.0, inside / np.where(length > 0, length, 1.0))
    whole = (begin >= starts) & (end <= ends) & (length > 0) & (erased == 0)
    touches = (inside > TOLERANCE) | point
    ranks = np.array([GRADES.index(call.grade) for call in calls], dtype=int)
    calling = _union(begin, end)
    overlap = _shared(starts, ends, *calling).sum(axis=(1, 2))
    overlap -= _shared(hidden[:, :, 0], hidden[:, :, 1], *calling).sum(axis=(1, 2))
    best = np.where(touches, ranks, 0).max(axis=1, initial=0)
    return Coverage(
        overlap=np.clip(overlap, 0, None).round(6),
        fraction=share.max(axis=1, initial=0.0).round(6),
        contained=(whole | point).any(axis=1).astype(int),
        grade=np.array([GRADES[rank] for rank in best], dtype=object),
    )


def cover_clips(
    clips: ClipTable,
    annotations: Mapping[str, Iterable[Annotation]],
    durations: Mapping[str, float],
    species: Sequence[str],
) -> dict[str, Coverage]:
    """Measure the coverage of clips, original ones and copies, of many recordings.

    The overlap of a stretched copy is in s of the copy: that in the recording divided by the
    rate. What a time mask hides of a call is not covered. A call whose own frequency band is
    known and wholly under a copy's frequency mask is not in that copy.

    Of a recording that is annotated in part (`anurans.annotations.known`), nothing is known of
    clips that do not lie within what is known, copies by the sound that they show. A clip that
    shows the whole of a stretch in which a species is said to be present is covered as if by a call
    of no length. Is a part of that stretch under a time mask, nothing is known of the copy: the
    call may lie there. A frequency mask leaves it as it leaves calls of unknown frequencies.

    Parameters
    ----------
    clips
        Clips, all of recordings in `annotations`.
    annotations
        Of each recording.
    durations
        Of each recording, in s.
    species
        The species to look for.

    Returns
    -------
    dict of Coverage
        By species, one entry per clip.
    """
    n = len(clips)
    covers = {
        name: Coverage(np.zeros(n), np.zeros(n), np.zeros(n, int), np.full(n, "", object))
        for name in species
    }
    for recording, rows in blocks_by(clips.recording):
        begin, end = clips.source_start[rows].min(), clips.source_end[rows].max()
        near = [call for call in annotations[recording] if call.start <= end and call.end >= begin]
        hidden, bands = _masks(clips[rows])
        for name in species:
            calls = [call for call in near if call.species == name]
            if not calls:
                continue
            # Copies in which the same calls are left are measured together.
            left, kind = np.unique(_audible(bands, calls), axis=0, return_inverse=True)
            for number, which in enumerate(left):
                same = kind.ravel() == number
                found = cover(
                    clips.source_start[rows[same]],
                    clips.source_end[rows[same]],
                    [call for call, heard in zip(calls, which, strict=True) if heard],
                    durations[recording],
                    hidden[same],
                )
                for measure in MEASURES:
                    getattr(covers[name], measure)[rows[same]] = getattr(found, measure)
        if any(stated(each.species) for each in annotations[recording]):
            for name in species:
                _state(covers[name], rows, clips, annotations[recording], name, durations, hidden)
    for found in covers.values():
        found.overlap[:] = (found.overlap / clips.rate).round(6)
    return covers


def _state(
    coverage: Coverage,
    rows: np.ndarray,
    clips: ClipTable,
    annotations: Iterable[Annotation],
    species: str,
    durations: Mapping[str, float],
    hidden: np.ndarray,
) -> None:
    """Write what statements say of a species into the coverage of some rows of one recording."""
    found = list(annotations)
    starts, ends = clips.source_start[rows], clips.source_end[rows]
    duration = durations[str(clips.recording[rows[0]])]
    known = is_within(starts, ends, known_time(found, species))
    whole, masked = shows(starts, ends, present_time(found, species), duration, hidden)
    unknown = rows[(~known & ~whole) | (masked & (coverage.contained[rows] == 0))]
    for measure, blank in zip(MEASURES, (np.nan, np.nan, 0, ""), strict=True):
        getattr(coverage, measure)[unknown] = blank
    # Calls count where it is known which there are; elsewhere there may be more.
    stands = rows[whole & ~known]
    for measure, blank in zip(MEASURES, (0.0, 0.0, 0, ""), strict=True):
        getattr(coverage, measure)[stands] = blank
    coverage.fraction[rows[whole]] = 1.0
    coverage.contained[rows[whole]] = 1


def touched(
    clips: ClipTable,
    annotations: Mapping[str, Iterable[Annotation]],
    durations: Mapping[str, float],
    species: Sequence[str],
) -> np.ndarray:
    """Tell which clips a call of any of the species touches.

    Parameters are those of `cover_clips`, but that `annotations` may lack recordings; their clips
    are not touched.

    Returns
    -------
    np.ndarray [shape=(n,), dtype=bool]
    """
    found = np.isin(clips.recording, list(annotations))
    covers = cover_clips(clips[found], annotations, durations, species)
    labels, _ = decide_all(covers, LabelRule("any"))
    found[found] = labels.any(axis=1)
    return found


def rows_by(values: np.ndarray) -> dict[str, np.ndarray]:
    """Rows [shape=(k,)] of each value, values in the order of their first row."""
    found: dict[str, list[int]] = {}
    for row, value in enumerate(values.tolist()):
        found.setdefault(value, []).append(row)
    return {value: np.array(rows) for value, rows in found.items()}


def blocks_by(values: np.ndarray, most: int = 256) -> Iterator[tuple[str, np.ndarray]]:
    """Rows of each value, as `rows_by` gives them, at most so many at a time.

    What compares the clips of one recording with each other, or with its calls, takes memory with
    the square of its length otherwise.
    """
    for value, rows in rows_by(values).items():
        for first in range(0, len(rows), most):
            yield value, rows[first : first + most]


def _masks(clips: ClipTable) -> tuple[np.ndarray, list[Sequence[tuple[float, float]]]]:
    """Time that masks hide [shape=(n, m, 2)], in s of the recording, and bands that they hide."""
    masks = [parse_intervals(text) for text in clips.masks]
    in_time = clips.technique == "time_mask"
    most = max((len(m) for m, of in zip(masks, in_time, strict=True) if of), default=0)
    hidden = np.zeros((len(clips), most, 2))
    for row in np.flatnonzero(in_time):
        pairs = np.array(masks[row]).reshape(-1, 2)
        hidden[row, : len(pairs)] = clips.source_start[row] + pairs * clips.rate[row]
    bands: list[Sequence[tuple[float, float]]] = [
        () if technique == "time_mask" else merged
        for technique, merged in zip(clips.technique, map(union, masks), strict=True)
    ]
    return hidden, bands


def _audible(bands: Sequence[Sequence[tuple[float, float]]], calls: Sequence[Annotation]):
    """Whether each call is left in each clip [shape=(n, calls)]; so is one of unknown band."""
    left = np.ones((len(bands), len(calls)), dtype=bool)
    for column, call in enumerate(calls):
        if call.fmin is not None and call.fmax is not None:
            left[:, column] = [
                not any(low <= call.fmin and call.fmax <= high for low, high in masks)
                for masks in bands
            ]
    return left


def decide(coverage: Coverage, rule: LabelRule) -> tuple[np.ndarray, np.ndarray]:
    """Make labels of coverage.

    Returns
    -------
    positive, ambiguous : np.ndarray [shape=(n,), dtype=bool]
        Clips that are positive, and clips that a call touches without making them positive.
    """
    touched = (coverage.overlap > 0) | (coverage.fraction > 0)
    match rule.rule:
        case "any":
            positive = touched
        case "contained":
            positive = coverage.contained.astype(bool)
        case _:
            positive = (coverage.overlap >= rule.min_overlap) | (
                coverage.fraction >= rule.min_fraction
            )
    return positive, touched & ~positive


def decide_all(coverages: Mapping[str, Coverage], rule: LabelRule) -> tuple[np.ndarray, np.ndarray]:
    """Make multi-hot labels, and say which clips are used.

    Returns
    -------
    labels : np.ndarray [shape=(n, species), dtype=bool]
        Labels, species in the order of `coverages`; False where nobody knows (`known_all`).
    used : np.ndarray [shape=(n,), dtype=bool]
        False where ambiguous clips are dropped and the clip is ambiguous for any species.
    """
    decided = [decide(coverage, rule) for coverage in coverages.values()]
    labels = np.stack([positive for positive, _ in decided], axis=1)
    ambiguous = np.stack([unsure for _, unsure in decided], axis=1).any(axis=1)
    everything = np.ones(len(labels), dtype=bool)
    return labels, np.logical_not(ambiguous) if rule.ambiguous == "drop" else everything


def known_all(coverages: Mapping[str, Coverage]) -> np.ndarray:
    """Tell which labels are known.

    Returns
    -------
    np.ndarray [shape=(n, species), dtype=bool]
        Species in the order of `coverages`.
    """
    return np.stack([coverage.known for coverage in coverages.values()], axis=1)


def coverage_columns(coverages: Mapping[str, Coverage]) -> dict[str, list[object]]:
    """Columns of a label table: `{species}_{measure}`, empty cells where nobody knows."""
    return {
        f"{name}_{measure}": [
            value if known else ""
            for value, known in zip(
                getattr(coverage, measure).tolist(), coverage.known.tolist(), strict=True
            )
        ]
        for name, coverage in coverages.items()
        for measure in MEASURES
    }


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A label table: clips [shape=(n,)], their recordings, and the coverage of each species.

    `chosen` [shape=(n, species), dtype=bool] tells which labels are known because somebody chose
    the clip: they are learnt from, and nothing is judged by them.
    """

    clip: np.ndarray
    recording: np.ndarray
    species: dict[str, Coverage]
    chosen: np.ndarray


def read_coverage(rows: Iterable[Mapping[str, str]], species: Sequence[str]) -> LabelTable:
    """Read rows of label tables, `results/labels/{technique}/{shard}.tsv`."""
    rows = list(rows)
    blank = {float: "nan", int: "0", str: ""}

    def column(name: str, kind: type) -> np.ndarray:
        cells = (row[name] or blank[kind] for row in rows)
        return np.array([kind(cell) for cell in cells], dtype=object if kind is str else kind)

    kinds: dict[str, type] = dict(zip(MEASURES, (float, float, int, str), strict=True))
    return LabelTable(
        column("clip", str),
        column("recording", str),
        {
            name: Coverage(*(column(f"{name}_{measure}", kind) for measure, kind in kinds.items()))
            for name in species
        },
        np.array(
            [[name in row.get("chosen", "").split() for name in species] for row in rows],
            dtype=bool,
        ).reshape(len(rows), len(species)),
    )


def _shared(starts: np.ndarray, ends: np.ndarray, begin: np.ndarray, end: np.ndarray):
    """Time [shape=(n, m, k)] that intervals [shape=(n, m)] share with others [shape=(k,)], in s."""
    first = np.maximum(starts[:, :, None], begin)
    return np.clip(np.minimum(ends[:, :, None], end) - first, 0, None)


def _union(begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge overlapping intervals given by their ends."""
    joined = union(zip(begin.tolist(), end.tolist(), strict=True))
    pairs = np.array(joined, dtype=float).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
