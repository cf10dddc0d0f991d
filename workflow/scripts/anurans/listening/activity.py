"""Who called when: clips, minutes and expected counts by night and hour of the night."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from anurans.recordings.sun import SUN, minutes_after, step_of
from anurans.recordings.times import hours_from_noon, night_of, time_of_day
from anurans.scores.probabilities import Curve, Separation

BY_TIME, BY_SUN = ("night", "hour"), ("event", "after")
COUNTS = ("recordings", "minutes", "minutes_present", "clips", "positive")
# What the jobs of single days hand on.
PARTS = (*BY_TIME, "species", *COUNTS, "probability")
SUN_PARTS = (*BY_SUN, *PARTS[2:])
# What people read.
TABLE = ("species", *COUNTS, "share_of_minutes", "expected", "lower", "upper", "expected_share")


@dataclass(slots=True)
class Tally:
    """Counts of a species in one place of the calendar, and the sum of its probabilities.

    `probability` is None where there is no calibrator.
    """

    counts: np.ndarray = field(default_factory=lambda: np.zeros(len(COUNTS), int))
    probability: float | None = 0.0

    def add(self, other: "Tally") -> None:
        """Add what another one counted elsewhere."""
        self.counts += other.counts
        if self.probability is None or other.probability is None:
            self.probability = None
        else:
            self.probability += other.probability

    def row(self, species: str, separation: Separation | None) -> dict[str, object]:
        """A row of `TABLE`, with counts by what is known of held-out clips."""
        counts = dict(zip(COUNTS, self.counts.tolist(), strict=True))
        minutes, clips = counts["minutes"], counts["clips"]
        row = {"species": species, **counts}
        row["share_of_minutes"] = counts["minutes_present"] / minutes if minutes else None
        if self.probability is not None and separation:
            expected, lower, upper = separation.count(self.probability, clips)
            row |= {"expected": expected, "lower": lower, "upper": upper}
            row["expected_share"] = None if expected is None else expected / clips
        return row


Place = tuple[str, str, str]


def place_clips(clock: Mapping[str, str], starts: np.ndarray) -> list[tuple[str, str]]:
    """Night and hour of clips of a recording; empty where its name tells no date or no time.

    Parameters
    ----------
    clock
        When the recording begins, from `anurans.recordings.times.clock_of`.
    starts : np.ndarray [shape=(n,)]
        Of the clips, in s.
    """
    return [
        (night_of(seconds=start, **clock), time_of_day(seconds=start, **clock)[1][:2])
        for start in starts.tolist()
    ]


def tally(
    species: str,
    places: Sequence[tuple[str, str]],
    starts: np.ndarray,
    positive: np.ndarray,
    scores: np.ndarray,
    curve: Curve | None,
    events: Iterable[tuple[float, float]],
) -> dict[Place, Tally]:
    """Count the clips of a recording, which do not overlap, by night and hour.

    The recording counts where it begins, and so does each of its minutes: what crosses a full hour
    is there once when hours are added up.

    Parameters
    ----------
    species
        Its code.
    places
        Of each clip, from `place_clips`.
    starts : np.ndarray [shape=(n,)]
        Of the clips, in s; the minute of a clip is the one that it starts in.
    positive : np.ndarray [shape=(n,), dtype=bool]
    scores : np.ndarray [shape=(n, folds)]
    curve
        Calibrator of the species.
    events
        Start and end of each, in s.
    """
    names = sorted(set(places))
    number = {name: at for at, name in enumerate(names)}
    group = np.array([number[place] for place in places], dtype=int)
    minutes, first = np.unique((starts // 60).astype(int), return_index=True)
    touched = {
        minute
        for start, end in events
        for minute in range(int(start // 60), int(np.ceil(end / 60)))
    }
    present = np.isin(minutes, list(touched))
    chances = curve.probabilities(scores) if curve else None
    found = {}
    for at, (night, hour) in enumerate(names):
        of = group == at
        begun = group[first] == at
        counts = (
            int(group[0] == at),
            begun.sum(),
            (begun & present).sum(),
            of.sum(),
            (of & positive).sum(),
        )
        probability = None if chances is None else float(chances[of].sum())
        found[night, hour, species] = Tally(np.array(counts, int), probability)
    return found


def add_all(into: dict[Place, Tally], found: Mapping[Place, Tally]) -> None:
    """Add tallies to those of the same places."""
    for place, one in found.items():
        if place in into:
            into[place].add(one)
        else:
            into[place] = one


def place_by_sun(
    told: Mapping[str, object], starts: np.ndarray
) -> dict[str, list[tuple[str, str]]]:
    """Half hours from sunset, dusk, dawn and sunrise that clips of a recording begin in.

    Parameters
    ----------
    told
        As `anurans.recordings.sun.minutes_after` takes it.
    starts : np.ndarray [shape=(n,)]
        Of the clips, in s.

    Returns
    -------
    dict
        By event, place of each clip; empty where time or place of the recording is not known.
    """
    minutes = [minutes_after(told, start) for start in starts.tolist()]
    return {
        event: [(event, step_of(of[event]) if event in of else "") for of in minutes]
        for event in SUN
        if any(event in of for of in minutes)
    }


def part_rows(
    found: Mapping[Place, Tally], keys: Sequence[str] = BY_TIME
) -> Iterable[dict[str, object]]:
    """Rows of `PARTS`, or with other keys, sorted."""
    for (one_key, other_key, species), one in sorted(found.items()):
        row: dict[str, object] = dict(zip(keys, (one_key, other_key), strict=True))
        row |= {"species": species}
        row |= dict(zip(COUNTS, one.counts.tolist(), strict=True))
        yield row | {"probability": one.probability}


def read_part(
    rows: Iterable[Mapping[str, str]], keys: Sequence[str] = BY_TIME
) -> dict[Place, Tally]:
    """Read rows that `part_rows` gave."""
    found: dict[Place, Tally] = {}
    for row in rows:
        probability = float(row["probability"]) if row["probability"] else None
        one = Tally(np.array([int(row[name]) for name in COUNTS]), probability)
        found[row[keys[0]], row[keys[1]], row["species"]] = one
    return found


def gather(
    found: Mapping[Place, Tally], keys: Sequence[str], named: Sequence[str] = BY_TIME
) -> dict[tuple[str, ...], dict[str, Tally]]:
    """Add up over what is not among `keys`, of those that places are `named` by.

    Returns
    -------
    dict
        By the values of the keys, sorted: nights by date, hours from noon to noon; then by species.
    """
    gathered: dict[tuple[str, ...], dict[str, Tally]] = {}
    for (one_key, other_key, species), one in found.items():
        values = dict(zip(named, (one_key, other_key), strict=True))
        of = gathered.setdefault(tuple(values[key] for key in keys), {})
        of.setdefault(species, Tally()).add(one)

    def order(values: tuple[str, ...]) -> tuple:
        of = dict(zip(keys, values, strict=True))
        hour = of.get("hour", "")
        return of.get("night", ""), hours_from_noon(hour) if hour else -1

    return {key: gathered[key] for key in sorted(gathered, key=order)}
