"""What was recorded and heard at each site, by night, hour, and hours from sunset."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from anurans.listening.activity import place_clips
from anurans.recordings.sun import minutes_after
from anurans.recordings.times import clock_of

PLACE = ("site", "night", "hour", "after_sunset")
# What the jobs of single days hand on: what was listened to, and what was heard there.
EFFORT = (*PLACE, "recordings", "minutes", "sun_minutes")
CALLS = (*PLACE, "species", "clips", "positive", "events", "probability")

Place = tuple[str, str, str, str]


@dataclass(slots=True)
class Effort:
    """What was listened to in one place of the calendar of a site.

    Attributes
    ----------
    recordings
        Those that begin there.
    minutes
        Listened to.
    sun_minutes
        Sum, over these minutes, of the minutes from sunset; None where that is not known.
    """

    recordings: int = 0
    minutes: float = 0.0
    sun_minutes: float | None = 0.0

    def add(self, other: "Effort") -> None:
        """Add what was listened to elsewhere."""
        self.recordings += other.recordings
        self.minutes += other.minutes
        known = self.sun_minutes is not None and other.sun_minutes is not None
        self.sun_minutes = self.sun_minutes + other.sun_minutes if known else None  # type: ignore[operator]


@dataclass(slots=True)
class Calls:
    """What was heard of a species in one place of the calendar of a site.

    Attributes
    ----------
    clips, positive
        Those listened to, and those called positive; they do not overlap.
    events
        Those that begin there.
    probability
        Sum of the clips' probabilities; None where there is no calibrator.
    """

    clips: int = 0
    positive: int = 0
    events: int = 0
    probability: float | None = 0.0

    def add(self, other: "Calls") -> None:
        """Add what was heard elsewhere."""
        self.clips += other.clips
        self.positive += other.positive
        self.events += other.events
        known = self.probability is not None and other.probability is not None
        self.probability = self.probability + other.probability if known else None  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a model heard of a species in the clips of a recording.

    Attributes
    ----------
    positive : np.ndarray [shape=(n,), dtype=bool]
    chances : np.ndarray [shape=(n,)], or None
        Probabilities; None where there is no calibrator.
    events
        Start of each event, in s.
    """

    positive: np.ndarray
    chances: np.ndarray | None
    events: Iterable[float]


def places_of(told: Mapping[str, str], starts: np.ndarray) -> list[Place]:
    """Site, night, hour and full hours from sunset of clips of a recording.

    Parameters
    ----------
    told
        What its name tells, as `anurans.recordings.sun.minutes_after` takes it too.
    starts : np.ndarray [shape=(n,)]
        Of the clips, in s.

    Returns
    -------
    list of tuple
        Each is empty where it is not known: -1 is the hour before sunset, 0 the one after it.
    """
    found = []
    places = place_clips(clock_of(told), starts)
    for (night, hour), start in zip(places, starts.tolist(), strict=True):
        since = minutes_after(told, start).get("sunset")
        after = "" if since is None else str(int(since // 60))
        found.append((told["site"], night, hour, after))
    return found


def count_effort(
    told: Mapping[str, str], starts: np.ndarray, ends: np.ndarray
) -> dict[Place, Effort]:
    """Count what was listened to of a recording; it counts as one where it begins.

    Parameters
    ----------
    told
        As `places_of` takes it.
    starts, ends : np.ndarray [shape=(n,)]
        Of its clips, which do not overlap, in s.
    """
    found: dict[Place, Effort] = {}
    places = places_of(told, starts)
    spans = zip(places, starts.tolist(), ends.tolist(), strict=True)
    for number, (place, start, end) in enumerate(spans):
        minutes = (end - start) / 60
        since = minutes_after(told, (start + end) / 2).get("sunset")
        sun = None if since is None else since * minutes
        found.setdefault(place, Effort()).add(Effort(int(number == 0), minutes, sun))
    return found


def count_calls(
    told: Mapping[str, str], starts: np.ndarray, heard: Mapping[str, Heard]
) -> dict[tuple[Place, str], Calls]:
    """Count what was heard in a recording, by place and species.

    Parameters
    ----------
    told
        As `places_of` takes it.
    starts : np.ndarray [shape=(n,)]
        Of its clips, which do not overlap, in s and in order.
    heard
        By species.
    """
    found: dict[tuple[Place, str], Calls] = {}
    places = places_of(told, starts)
    for species, of in heard.items():
        for at, place in enumerate(places):
            chance = None if of.chances is None else float(of.chances[at])
            one = Calls(1, int(of.positive[at]), 0, chance)
            found.setdefault((place, species), Calls()).add(one)
        for start in of.events:
            # Of the clip that it begins in: there is time listened to beside it.
            at = max(0, int(np.searchsorted(starts, start, "right")) - 1)
            found[places[at], species].events += 1
    return found


def add_efforts(into: dict[Place, Effort], found: Mapping[Place, Effort]) -> None:
    """Add what was listened to, to that of the same places."""
    for place, one in found.items():
        into.setdefault(place, Effort()).add(one)


def add_calls(
    into: dict[tuple[Place, str], Calls], found: Mapping[tuple[Place, str], Calls]
) -> None:
    """Add what was heard, to that of the same places and species."""
    for place, one in found.items():
        into.setdefault(place, Calls()).add(one)


def effort_rows(found: Mapping[Place, Effort]) -> Iterable[dict[str, object]]:
    """Rows of `EFFORT`, sorted."""
    for place, one in sorted(found.items()):
        row: dict[str, object] = dict(zip(PLACE, place, strict=True))
        row |= {"recordings": one.recordings, "minutes": one.minutes}
        yield row | {"sun_minutes": one.sun_minutes}


def call_rows(found: Mapping[tuple[Place, str], Calls]) -> Iterable[dict[str, object]]:
    """Rows of `CALLS`, sorted."""
    for (place, species), one in sorted(found.items()):
        row: dict[str, object] = dict(zip(PLACE, place, strict=True))
        row |= {
            "species": species,
            "clips": one.clips,
            "positive": one.positive,
            "events": one.events,
        }
        yield row | {"probability": one.probability}


def _place(row: Mapping[str, str]) -> Place:
    return row["site"], row["night"], row["hour"], row["after_sunset"]


def read_efforts(tables: Iterable[Iterable[Mapping[str, str]]]) -> dict[Place, Effort]:
    """Read and add up the rows that `effort_rows` gave."""
    found: dict[Place, Effort] = {}
    for rows in tables:
        for row in rows:
            sun = float(row["sun_minutes"]) if row["sun_minutes"] else None
            one = Effort(int(row["recordings"]), float(row["minutes"]), sun)
            add_efforts(found, {_place(row): one})
    return found


def read_calls(tables: Iterable[Iterable[Mapping[str, str]]]) -> dict[tuple[Place, str], Calls]:
    """Read and add up the rows that `call_rows` gave."""
    found: dict[tuple[Place, str], Calls] = {}
    for rows in tables:
        for row in rows:
            chance = float(row["probability"]) if row["probability"] else None
            counts = (int(row["clips"]), int(row["positive"]), int(row["events"]))
            add_calls(found, {(_place(row), row["species"]): Calls(*counts, chance)})
    return found
