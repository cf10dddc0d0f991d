"""Labels: how much of each clip is covered by calls, and when that counts as positive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anurans.annotation_formats import Annotation
from anurans.clips import ClipTable

GRADES = ("", "far", "medium", "clear")
MEASURES = ("overlap", "fraction", "contained", "grade")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of clips by the calls of one species, one entry per clip.

    `overlap` is the time covered by the union of the calls, in s; `fraction` the largest share of
    one call that lies inside; `contained` whether a whole call does; `grade` the best grade of
    the calls that touch the clip, or empty.
    """

    overlap: np.ndarray
    fraction: np.ndarray
    contained: np.ndarray
    grade: np.ndarray


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


def cover(
    starts: np.ndarray, ends: np.ndarray, calls: Sequence[Annotation], duration: float
) -> Coverage:
    """Measure how the calls of one species cover the clips of one recording.

    Parameters
    ----------
    starts, ends : np.ndarray [shape=(n,)]
        Of the clips, in s.
    calls
        Annotations of the species; cut to the recording, and left out if they begin after it.
    duration
        Of the recording, in s.

    Returns
    -------
    Coverage
        With arrays [shape=(n,)], times rounded to 1 us.
    """
    calls = [call for call in calls if call.start < duration]
    starts, ends = starts[:, None], ends[:, None]
    begin = np.array([call.start for call in calls])
    end = np.array([min(call.end, duration) for call in calls])
    length = end - begin
    inside = np.clip(np.minimum(ends, end) - np.maximum(starts, begin), 0, None)
    # A call of no length, a point label, lies in the clip that its time falls into.
    point = (length == 0) & (begin >= starts) & (begin < ends)
    share = np.where(point, 1.0, inside / np.where(length > 0, length, 1.0))
    contained = ((begin >= starts) & (end <= ends) & (length > 0)) | point
    touches = (inside > 0) | point
    ranks = np.array([GRADES.index(call.grade) for call in calls], dtype=int)
    union = _union(begin, end)
    overlap = np.clip(np.minimum(ends, union[1]) - np.maximum(starts, union[0]), 0, None)
    best = np.where(touches, ranks, 0).max(axis=1, initial=0)
    return Coverage(
        overlap=overlap.sum(axis=1).round(6),
        fraction=share.max(axis=1, initial=0.0).round(6),
        contained=contained.any(axis=1).astype(int),
        grade=np.array([GRADES[rank] for rank in best], dtype=object),
    )


def cover_clips(
    clips: ClipTable,
    annotations: Mapping[str, Iterable[Annotation]],
    durations: Mapping[str, float],
    species: Sequence[str],
) -> dict[str, Coverage]:
    """Measure the coverage of the clips of many recordings.

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
    for recording in dict.fromkeys(clips.recording):
        rows = np.flatnonzero(clips.recording == recording)
        starts, ends = clips.source_start[rows], clips.source_end[rows]
        for name in species:
            calls = [call for call in annotations[recording] if call.species == name]
            found = cover(starts, ends, calls, durations[recording])
            for measure in MEASURES:
                getattr(covers[name], measure)[rows] = getattr(found, measure)
    return covers


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
        Labels, species in the order of `coverages`.
    used : np.ndarray [shape=(n,), dtype=bool]
        False where ambiguous clips are dropped and the clip is ambiguous for any species.
    """
    decided = [decide(coverage, rule) for coverage in coverages.values()]
    labels = np.stack([positive for positive, _ in decided], axis=1)
    ambiguous = np.stack([unsure for _, unsure in decided], axis=1).any(axis=1)
    used = ~ambiguous if rule.ambiguous == "drop" else np.ones(len(labels), dtype=bool)
    return labels, used


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A label table: clips [shape=(n,)], their recordings, and the coverage of each species."""

    clip: np.ndarray
    recording: np.ndarray
    species: dict[str, Coverage]


def read_coverage(rows: Iterable[Mapping[str, str]], species: Sequence[str]) -> LabelTable:
    """Read rows of label tables, `results/labels/{technique}/{shard}.tsv`."""
    rows = list(rows)

    def column(name: str, kind: type) -> np.ndarray:
        return np.array([kind(row[name]) for row in rows], dtype=object if kind is str else kind)

    kinds = dict(zip(MEASURES, (float, float, int, str), strict=True))
    return LabelTable(
        column("clip", str),
        column("recording", str),
        {
            name: Coverage(*(column(f"{name}_{measure}", kind) for measure, kind in kinds.items()))
            for name in species
        },
    )


def _union(begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge overlapping intervals."""
    merged: list[list[float]] = []
    for first, last in sorted(zip(begin.tolist(), end.tolist(), strict=True)):
        if merged and first <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    pairs = np.array(merged, dtype=float).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
