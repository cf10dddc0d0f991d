"""Events held against annotations of the same recordings, in the ways that the field does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from anurans.annotations.formats import Annotation
from anurans.recordings.times import union

Interval = tuple[float, float]
# Of recordings, by their ids.
Intervals = Mapping[str, Sequence[Interval]]
SEGMENTS = ("segments", "segments_true", "segment_precision", "segment_recall", "segment_f1")
MATCHES = ("events", "calls", "matched", "match_precision", "match_recall", "match_f1")
SWEEP = ("psds", "psds_recall")
ERRORS = ("start_error", "end_error", "start_error_abs", "end_error_abs")
TOUCHING = (
    *("events_touching", "calls_touched", "touching_precision", "touched_recall", "touching_f1"),
    *("seconds_detected", "seconds_true", "seconds_precision", "seconds_recall"),
)
TOLERANCES = (
    *("segment", "collar", "overlap", "detection_tolerance", "truth_tolerance"),
    "false_per_hour",
)
JUDGED = (
    *("species", "recordings", "hours", *SEGMENTS, *MATCHES, *SWEEP, *ERRORS),
    *(*TOLERANCES, *TOUCHING),
)


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What is let pass when events are judged: `evaluation.events` of the config.

    Attributes
    ----------
    segment
        Length of the segments that presence is judged by, in s.
    collar
        How far start and end of an event may be from those of its call, in s.
    overlap
        Least share of the time of both together that an event and its call have in common.
    detection_tolerance, truth_tolerance
        Of PSDS: least share of an event that lies in calls, and of a call that lies in such events.
    false_per_hour
        Of PSDS: false events per hour up to which recall counts.
    """

    segment: float = 1.0
    collar: float = 0.5
    overlap: float = 0.2
    detection_tolerance: float = 0.5
    truth_tolerance: float = 0.5
    false_per_hour: float = 100.0


def calls_within(
    annotated: Mapping[str, Sequence[Annotation]], species: str, durations: Mapping[str, float]
) -> dict[str, list[Interval]]:
    """Calls of a species in each recording, as far as it lasts."""
    return {
        recording: [
            (call.start, min(call.end, durations[recording]))
            for call in found
            if call.species == species and call.start <= durations[recording]
        ]
        for recording, found in annotated.items()
    }


def overlap(one: Interval, other: Interval) -> float:
    """Seconds that two intervals share; above 0 only where they do."""
    return min(one[1], other[1]) - max(one[0], other[0])


def meet(one: Interval, other: Interval) -> bool:
    """Whether two intervals share any time; a point within the other does."""
    return overlap(one, other) > 0 or (one[0] == one[1] and other[0] <= one[0] <= other[1])


def shared(one: Sequence[Interval], other: Sequence[Interval]) -> float:
    """Seconds that two unions share."""
    return sum(max(0.0, overlap(a, b)) for a in one for b in other)


def active(intervals: Sequence[Interval], duration: float, segment: float) -> np.ndarray:
    """Segments of a recording that an interval touches.

    Parameters
    ----------
    intervals
        In s; a point touches the segment that it is in.
    duration, segment
        Of the recording, and of a segment, in s; the last may be shorter.

    Returns
    -------
    np.ndarray [shape=(segments,), dtype=bool]
    """
    found = np.zeros(int(np.ceil(duration / segment - 1e-9)), dtype=bool)
    for start, end in intervals:
        first = int(start / segment + 1e-9)
        found[first : max(first + 1, int(np.ceil(end / segment - 1e-9)))] = True
    return found


def matched(events: Sequence[Interval], calls: Sequence[Interval], allowed: Tolerances) -> int:
    """How many pairs of one event and one call can be made at most, each used once.

    As sed_eval's event-based metrics with optimal matching (Mesaros, Heittola & Virtanen 2016,
    Metrics for polyphonic sound event detection, Applied Sciences 6(6)), the collar for both ends;
    and, since short calls could match what they do not touch, with a least overlap.
    """
    if not events or not calls:
        return 0
    pairs = np.array(
        [[_fits(event, call, allowed) for call in calls] for event in events], dtype=np.int8
    )
    return int((maximum_bipartite_matching(csr_array(pairs), perm_type="column") >= 0).sum())


def _fits(event: Interval, call: Interval, allowed: Tolerances) -> bool:
    near = max(abs(event[0] - call[0]), abs(event[1] - call[1])) <= allowed.collar
    both = max(event[1], call[1]) - min(event[0], call[0])
    return near and max(0.0, overlap(event, call)) >= allowed.overlap * both


def intersecting(events: Intervals, calls: Intervals, allowed: Tolerances) -> tuple[int, int]:
    """Count calls that are found, and events that are false, by the share that they intersect.

    An event is true where enough of it lies in calls; a call is found where enough of it lies in
    true events. One event over a whole minute of short calls is false.

    Returns
    -------
    found, false
    """
    found = false = 0
    for recording, annotated in calls.items():
        heard = union(annotated)
        true = []
        for event in events.get(recording, ()):
            enough = allowed.detection_tolerance * (event[1] - event[0])
            if shared([event], heard) >= enough - 1e-9:
                true.append(event)
            else:
                false += 1
        for call in annotated:
            enough = allowed.truth_tolerance * (call[1] - call[0])
            inside = shared([call], union(true))
            found += inside >= enough - 1e-9 and any(meet(call, event) for event in true)
    return found, false


def psds(
    sweep: Sequence[Intervals], calls: Intervals, hours: float, allowed: Tolerances
) -> tuple[float | None, float | None]:
    """Polyphonic sound detection score of one species, and the recall that it reaches.

    The area under recall by false events per hour, up to the most that are allowed, as a share of
    it; each threshold of the sweep is a point of the curve, which rises in steps (Bilen et al.
    2020, A framework for the robust evaluation of sound event detection, ICASSP). Of one species
    there is nothing to take it for (alpha_ct 0), and no deviation between species (alpha_st 0).

    Parameters
    ----------
    sweep
        Events at each threshold.
    calls
        Of each recording that somebody listened to.
    hours
        Of these recordings.
    allowed
        Tolerances, and the most false events per hour.

    Returns
    -------
    score, recall
        From 0 to 1; None without calls.
    """
    heard = sum(map(len, calls.values()))
    if not heard or not hours:
        return None, None
    points = {(0.0, 0.0)}
    for events in sweep:
        found, false = intersecting(events, calls, allowed)
        points.add((false / hours, found / heard))
    area = best = reached = 0.0
    most = allowed.false_per_hour
    for rate, recall in [*sorted(points), (np.inf, 0.0)]:
        area += best * (min(rate, most) - reached)
        reached = min(rate, most)
        if rate > most:
            break
        best = max(best, recall)
    return float(area / most), best


def judge(
    events: Intervals,
    calls: Intervals,
    durations: Mapping[str, float],
    allowed: Tolerances,
    sweep: Sequence[Intervals] = (),
) -> dict[str, float | int | None]:
    """Judge the events of a species.

    Presence by segment counts, in segments of a stated length, where events and calls are. Matches
    are pairs of one event and one call. PSDS sweeps the threshold. Last what says little: an event
    *touches* where it shares any time with a call, so that one event over a whole recording is
    right and finds all that is in it; and the seconds that events and calls share. The start of an
    event that touches is held against that of the first call that it meets, its end against that of
    the last: above 0 it is too late.

    Parameters
    ----------
    events, calls
        Of each recording that somebody listened to; in s.
    durations
        Of these recordings, in s.
    allowed
        What is let pass.
    sweep
        Events at each threshold; without any there is no PSDS.

    Returns
    -------
    dict
        The columns of `JUDGED` but the species; None where undefined. Errors are in s: means, and
        medians of their absolute values.
    """
    touching = touched = count = heard = pairs = 0
    segments = np.zeros(3, dtype=int)
    seconds = np.zeros(3)
    errors = []
    for recording, annotated in calls.items():
        mine = list(events.get(recording, ()))
        count, heard = count + len(mine), heard + len(annotated)
        pairs += matched(mine, annotated, allowed)
        said, true = (active(of, durations[recording], allowed.segment) for of in (mine, annotated))
        segments += (said & true).sum(), said.sum(), true.sum()
        touched += sum(any(meet(call, event) for event in mine) for call in annotated)
        for event in mine:
            met = [call for call in annotated if meet(call, event)]
            touching += bool(met)
            if met:
                last = max(end for _, end in met)
                errors.append((event[0] - min(start for start, _ in met), event[1] - last))
        both = union(mine), union(annotated)
        seconds += [*(sum(end - start for start, end in each) for each in both), shared(*both)]
    start, end = np.array(errors).T if errors else (np.array([]), np.array([]))
    hours = sum(durations[recording] for recording in calls) / 3600
    score, reached = psds(sweep, calls, hours, allowed) if sweep else (None, None)
    shares = (
        (*SEGMENTS[2:], segments[0], segments[1], segments[0], segments[2]),
        (*MATCHES[3:], pairs, count, pairs, heard),
        (*TOUCHING[2:5], touching, count, touched, heard),
    )
    row: dict[str, float | int | None] = {
        "recordings": len(calls),
        "hours": hours,
        "segments": int(segments[1]),
        "segments_true": int(segments[2]),
        "events": count,
        "calls": heard,
        "matched": pairs,
        "psds": score,
        "psds_recall": reached,
        "start_error": float(start.mean()) if len(start) else None,
        "end_error": float(end.mean()) if len(end) else None,
        "start_error_abs": float(np.median(abs(start))) if len(start) else None,
        "end_error_abs": float(np.median(abs(end))) if len(end) else None,
        "events_touching": touching,
        "calls_touched": touched,
        "seconds_detected": float(seconds[0]),
        "seconds_true": float(seconds[1]),
        "seconds_precision": _share(float(seconds[2]), float(seconds[0])),
        "seconds_recall": _share(float(seconds[2]), float(seconds[1])),
    }
    for precision, recall, f1, *counts in shares:
        right, of_said, found, of_true = (int(each) for each in counts)
        row |= {precision: _share(right, of_said), recall: _share(found, of_true)}
        row[f1] = _f1(row[precision], row[recall]) if of_true else None
    return row | {name: getattr(allowed, name) for name in TOLERANCES}


def _share(part: float, of: float) -> float | None:
    return part / of if of else None


def _f1(precision: float | None, recall: float | None) -> float:
    """As that of clips: 0 where nothing is found of what calls."""
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0
