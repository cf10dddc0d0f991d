"""Events: stretches of a recording in which a species calls, from the clips that are positive."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

# Minutes from these to the start of an event, where the place is known.
SUN = ("after_sunset", "after_dusk", "after_dawn", "after_sunrise")
EVENT = (
    *("recording", "species", "start", "end", "score", "probability"),
    *("date", "time", "utc", *SUN, "resolution"),
)
# What a call covers of a clip at least, in s, by the default rule of labels.
LEAST = 0.25
# Thresholds of a sweep.
SWEPT = np.linspace(0.02, 0.98, 49)
# Times are sums of steps: a rounding error is no gap.
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Event:
    """Calls of a species from `start` to `end` (s in the recording).

    `score` and `probability` are the highest of its positive clips, the latter NaN where nothing
    was held out to calibrate on.
    """

    species: str
    start: float
    end: float
    score: float
    probability: float


def find_events(
    species: str,
    starts: np.ndarray,
    ends: np.ndarray,
    positive: np.ndarray,
    scores: np.ndarray,
    probabilities: np.ndarray,
    length: float,
    steps: int,
    gap: float,
) -> list[Event]:
    """Merge the positive clips of a recording into events.

    Neighbouring positive clips are a run. A call makes each clip positive that it touches: with
    overlap a run reaches further than its calls, by what one clip is longer than a step, on either
    side. What the clips before and after it tell, which are not positive, is taken off again: a
    run of n clips gives an event of (n + 1) steps less a clip's length, and of one step at least,
    in the middle of the run. Without overlap that is the run itself. With overlap a call begins
    anywhere in the step that follows: an event of more than one step begins in the middle of that,
    less what a call covers of a clip at least, and ends likewise, so that it is as often too short
    as too long. At the ends of a recording, where clips that would tell are missing, nothing is
    taken off. Events less than `gap` apart are then one.

    Parameters
    ----------
    species
        Its code.
    starts, ends : np.ndarray [shape=(n,)]
        Of the clips, in s, in order. The last, which is padded, may begin several steps after the
        one before it, which ends with the recording.
    positive : np.ndarray [shape=(n,), dtype=bool]
    scores, probabilities : np.ndarray [shape=(n,)]
    length
        Of a clip, in s.
    steps
        Clips begin every `length / steps` s.
    gap
        In s.
    """
    step, found = length / steps, []
    for first, last in runs(starts, positive, length):
        whole = slice(first, last + 1)
        chosen = positive[whole]
        start, end = starts[first], ends[last]
        low = start if first == 0 else ends[first - 1]
        high = end if last == len(starts) - 1 else starts[last + 1]
        half = max(0.0, step / 2 - LEAST) if steps > 1 else 0.0
        before, after = (first > 0) * half, (last < len(starts) - 1) * half
        spare = high - low - step
        if spare > 0 and before + after:
            share = min(1.0, spare / (before + after))
            low, high = low + share * before, high - share * after
        if high - low < step - TOLERANCE:
            low = (low + high - step) / 2
            high = low + step
        best = probabilities[whole][chosen]
        event = (max(low, start), min(high, end), scores[whole][chosen].max(), best.max())
        found.append(Event(species, *map(float, event)))
    return merge(found, gap)


def sweep_events(
    starts: np.ndarray,
    ends: np.ndarray,
    probabilities: np.ndarray,
    length: float,
    steps: int,
    gap: float,
) -> list[list[tuple[float, float]]]:
    """Start and end of the events of a recording at each threshold of `SWEPT`.

    Parameters
    ----------
    starts, ends, length, steps, gap
        As `find_events` takes them.
    probabilities : np.ndarray [shape=(n,)]
        Mean calibrated probability of each clip.
    """
    found = []
    for threshold in SWEPT.tolist():
        positive = probabilities >= threshold
        events = find_events(
            "", starts, ends, positive, probabilities, probabilities, length, steps, gap
        )
        found.append([(event.start, event.end) for event in events])
    return found


def resolution(length: float, steps: int) -> float:
    """How far start and end of an event may be off, in s, even if no clip is judged wrongly.

    Examples
    --------
    >>> resolution(5.0, 1), resolution(5.0, 2)
    (5.0, 1.25)
    """
    return length / steps / 2 if steps > 1 else length


def runs(starts: np.ndarray, positive: np.ndarray, length: float) -> Iterable[tuple[int, int]]:
    """First and last clip of each run of positive clips with nothing left out between them."""
    at = np.flatnonzero(positive)
    if not len(at):
        return []
    breaks = np.flatnonzero((np.diff(at) > 1) | (np.diff(starts[at]) > length + TOLERANCE))
    firsts = at[np.concatenate([[0], breaks + 1])]
    lasts = at[np.concatenate([breaks, [len(at) - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def merge(events: Iterable[Event], gap: float) -> list[Event]:
    """Merge events of a species, in order of their starts, that overlap or are near each other.

    Examples
    --------
    >>> calls = [Event("BOAALB", 0.0, 3.0, 0.9, 0.8), Event("BOAALB", 4.0, 7.0, 0.7, 0.6)]
    >>> merge(calls, gap=2.0)
    [Event(species='BOAALB', start=0.0, end=7.0, score=0.9, probability=0.8)]
    """
    merged: list[Event] = []
    for event in events:
        near = event.start - merged[-1].end if merged else math.inf
        if merged and (near <= TOLERANCE or near < gap - TOLERANCE):
            before = merged[-1]
            merged[-1] = Event(
                event.species,
                before.start,
                max(before.end, event.end),
                max(before.score, event.score),
                max(before.probability, event.probability),
            )
        else:
            merged.append(event)
    return merged
