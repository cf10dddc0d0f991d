"""Events and calls on a clock that runs while somebody listened: what lies outside is unknown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from anurans.annotations.formats import LISTENED, Annotation
from anurans.recordings.times import union

Interval = tuple[float, float]
Intervals = Mapping[str, Sequence[Interval]]


@dataclass(frozen=True, slots=True)
class ListenedTime:
    """Stretches of recordings that were listened to, one after another.

    Attributes
    ----------
    parts
        Of each recording, in s; None where all of it was listened to.
    durations
        Of each recording, in s.
    """

    parts: Mapping[str, list[Interval] | None]
    durations: Mapping[str, float]

    @classmethod
    def of(
        cls, annotated: Mapping[str, Iterable[Annotation]], durations: Mapping[str, float]
    ) -> "ListenedTime":
        """Listened time of annotated recordings."""
        parts = {}
        for recording, found in annotated.items():
            whole = durations[recording]
            marks = [(a.start, min(a.end, whole)) for a in found if a.species == LISTENED]
            within = [(start, end) for start, end in marks if start < whole]
            parts[recording] = list(union(within)) if marks else None
        return cls(parts, durations)

    def seconds(self) -> dict[str, float]:
        """How long each recording was listened to."""
        return {
            recording: self.durations[recording]
            if parts is None
            else sum(end - start for start, end in parts)
            for recording, parts in self.parts.items()
        }

    def place(self, intervals: Intervals) -> dict[str, list[Interval]]:
        """What of intervals was listened to, in s of listened time; none of other recordings.

        Examples
        --------
        >>> heard = ListenedTime({"A": [(0.0, 2.0), (4.0, 9.0)], "B": None}, {"A": 9.0, "B": 9.0})
        >>> heard.place({"A": [(1.0, 5.0), (2.5, 3.0)], "B": [(1.0, 5.0)]})
        {'A': [(1.0, 2.0), (2.0, 3.0)], 'B': [(1.0, 5.0)]}
        """
        return {
            recording: [placed for one in found for placed in _placed(one, self.parts[recording])]
            for recording, found in intervals.items()
            if recording in self.parts
        }


def _placed(one: Interval, parts: list[Interval] | None) -> list[Interval]:
    if parts is None:
        return [one]
    found, passed = [], 0.0
    for low, high in parts:
        start, end = max(one[0], low), min(one[1], high)
        if end > start or (one[0] == one[1] and low <= one[0] <= high):
            found.append((passed + start - low, passed + end - low))
        passed += high - low
    return found
