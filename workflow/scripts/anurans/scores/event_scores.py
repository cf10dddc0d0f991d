"""Events held against annotations of the same recordings."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from anurans.annotations.formats import LISTENED, Annotation
from anurans.recordings.times import union

Interval = tuple[float, float]
JUDGED = (
    *("species", "recordings", "events", "events_true", "precision", "calls", "calls_found"),
    *("recall", "f1", "seconds_detected", "seconds_true", "precision_seconds", "recall_seconds"),
    *("start_error", "end_error", "start_error_abs", "end_error_abs"),
)


def overlap(one: Interval, other: Interval) -> float:
    """Seconds that two intervals share; above 0 only where they do."""
    return min(one[1], other[1]) - max(one[0], other[0])


def meet(one: Interval, other: Interval) -> bool:
    """Whether two intervals share any time; a point within the other does."""
    return overlap(one, other) > 0 or (one[0] == one[1] and other[0] <= one[0] <= other[1])


def shared(one: Sequence[Interval], other: Sequence[Interval]) -> float:
    """Seconds that two unions share."""
    return sum(max(0.0, overlap(a, b)) for a in one for b in other)


def listened_parts(annotations: Iterable[Annotation]) -> list[Interval] | None:
    """Stretches of a recording that were listened to, apart; None where all of it was."""
    heard = [(call.start, call.end) for call in annotations if call.species == LISTENED]
    return list(union(heard)) if heard else None


def within(one: Interval, parts: Sequence[Interval] | None) -> list[Interval]:
    """What of an interval lies within parts; all of it where there are none given.

    Examples
    --------
    >>> within((1.0, 5.0), [(0.0, 2.0), (4.0, 9.0)])
    [(1.0, 2.0), (4.0, 5.0)]
    >>> within((1.0, 5.0), None)
    [(1.0, 5.0)]
    """
    if parts is None:
        return [one]
    return [(max(one[0], low), min(one[1], high)) for low, high in parts if meet(one, (low, high))]


def judge(
    events: Mapping[str, Sequence[Interval]],
    calls: Mapping[str, Sequence[Interval]],
) -> dict[str, float | int | None]:
    """Judge the events of a species.

    An event is true where it shares time with a call, a call is found where it shares time with an
    event. The start of a true event is held against that of the first call that it meets, its end
    against that of the last: above 0 it is too late.

    Parameters
    ----------
    events, calls
        Of each recording that somebody listened to.

    Returns
    -------
    dict
        The columns of `JUDGED` but the species; None where undefined. Errors are in s: means, and
        medians of their absolute values.
    """
    true = found = count = heard = 0
    seconds = np.zeros(3)
    errors = []
    for recording, annotated in calls.items():
        mine = list(events.get(recording, ()))
        count, heard = count + len(mine), heard + len(annotated)
        found += sum(any(meet(call, event) for event in mine) for call in annotated)
        for event in mine:
            met = [call for call in annotated if meet(call, event)]
            true += bool(met)
            if met:
                last = max(end for _, end in met)
                errors.append((event[0] - min(start for start, _ in met), event[1] - last))
        both = union(mine), union(annotated)
        seconds += [*(sum(end - start for start, end in each) for each in both), shared(*both)]
    precision, recall = _share(true, count), _share(found, heard)
    # As that of clips: 0 where nothing is found of what calls, nothing where nothing calls.
    f1 = 0.0 if heard else None
    if heard and precision and recall:
        f1 = 2 * precision * recall / (precision + recall)
    start, end = np.array(errors).T if errors else (np.array([]), np.array([]))
    return {
        "recordings": len(calls),
        "events": count,
        "events_true": true,
        "precision": precision,
        "calls": heard,
        "calls_found": found,
        "recall": recall,
        "f1": f1,
        "seconds_detected": float(seconds[0]),
        "seconds_true": float(seconds[1]),
        "precision_seconds": _share(float(seconds[2]), float(seconds[0])),
        "recall_seconds": _share(float(seconds[2]), float(seconds[1])),
        "start_error": float(start.mean()) if len(start) else None,
        "end_error": float(end.mean()) if len(end) else None,
        "start_error_abs": float(np.median(abs(start))) if len(start) else None,
        "end_error_abs": float(np.median(abs(end))) if len(end) else None,
    }


def _share(part: float, of: float) -> float | None:
    return part / of if of else None
