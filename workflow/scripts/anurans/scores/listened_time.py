"""Events and calls on a clock that runs while somebody listened: what lies outside is unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anurans.annotations.formats import Annotation
from anurans.annotations.known import known_time

Interval = tuple[float, float]
Intervals = Mapping[str, Sequence[Interval]]


@dataclass(frozen=True, slots=True)
class ListenedTime:
    """Stretches of recordings in which all calls of a species are known, one after another.

    Attributes
    ----------
    parts
        Of each recording, in s; None where it is all of it. Recordings without any are left out.
    durations
        Of each recording, in s.
    """

    parts: Mapping[str, list[Interval] | None]
    durations: Mapping[str, float]

    @classmethod
    def of(
        cls,
        annotated: Mapping[str, Sequence[Annotation]],
        durations: Mapping[str, float],
        species: str,
    ) -> "ListenedTime":
        """Known time of annotated recordings, of a species."""
        parts: dict[str, list[Interval] | None] = {}
        for recording, found in annotated.items():
            known, whole = known_time(found, species), durations[recording]
            if known is None:
                parts[recording] = None
            elif within := [(start, min(end, whole)) for start, end in known if start < whole]:
                parts[recording] = within
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
