"""Who called when: clips, minutes and expected counts by night and hour of the night."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from anurans.recordings.sun import SUN, minutes_after, step_of
from anurans.recordings.times import hours_from_noon, night_of, time_of_day
from anurans.scores.probabilities import Curve, Separation

BY_TIME, BY_SUN = ("night", "hour"), ("event", "after")
COUNTS = ("recordings", "minutes", "minutes_present", "clips", "positive")
CLIPS = COUNTS.index("clips")
# What the jobs of single days hand on.
PARTS = (*BY_TIME, "species", *COUNTS, "squares", "probability")
SUN_PARTS = (*BY_SUN, *PARTS[2:])
# What people read.
TABLE = (
    *("species", *COUNTS, "share_of_minutes", "expected", "lower", "upper", "expected_share"),
    "clips_counted",
)


@dataclass(slots=True)
class Tally:
    """Counts of a species in one place of the calendar, and the sum of its probabilities.

    `squares` is the sum, over what errs alike, of the squared number of its clips: a night, or a
    recording whose night is not known. `probability` is None where there is no calibrator.
    """

    counts: np.ndarray = field(default_factory=lambda: np.zeros(len(COUNTS), int))
    squares: int = 0
    probability: float | None = 0.0

    @property
    def clips(self) -> int:
        """How many clips there are."""
        return int(self.counts[CLIPS])

    @property
    def positive(self) -> int:
        """How many of them are called positive."""
        return int(self.counts[COUNTS.index("positive")])

    def add(self, other: "Tally") -> None:
        """Add what another one counted elsewhere."""
        self.counts += other.counts
        self.squares += other.squares
        if self.probability is None or other.probability is None:
            self.probability = None
        else:
            self.probability += other.probability

    def row(
        self, species: str, separation: Separation | None, trusted: "Tally | None" = None
    ) -> dict[str, object]:
        """A row of `TABLE`, with counts by what is known of held-out clips.

        Parameters
        ----------
        species
            Its code.
        separation
            What is known; None where nothing is.
        trusted
            Of this place, what was recorded in nights that sound like those of training. The count
            is of its clips, with its interval; where there are none of these, the count is of all
            clips, without an interval: none is known that would hold.
        """
        counts = dict(zip(COUNTS, self.counts.tolist(), strict=True))
        minutes, clips = counts["minutes"], counts["clips"]
        row = {"species": species, **counts}
        row["share_of_minutes"] = counts["minutes_present"] / minutes if minutes else None
        of = trusted or self
        if of.probability is not None and separation:
            clips = of.clips
            expected, *ends = separation.count(of.probability, clips, of.squares)
            lower, upper = ends if trusted else (None, None)
            row |= {"expected": expected, "lower": lower, "upper": upper}
            row["expected_share"] = None if expected is None else expected / clips
            row["clips_counted"] = clips
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
        squares = int(of.sum()) ** 2
        found[night, hour, species] = Tally(np.array(counts, int), squares, probability)
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
        yield row | {"squares": one.squares, "probability": one.probability}


def read_part(
    rows: Iterable[Mapping[str, str]], keys: Sequence[str] = BY_TIME
) -> dict[Place, Tally]:
    """Read rows that `part_rows` gave."""
    found: dict[Place, Tally] = {}
    for row in rows:
        probability = float(row["probability"]) if row["probability"] else None
        counts = np.array([int(row[name]) for name in COUNTS])
        one = Tally(counts, int(row["squares"]), probability)
        found[row[keys[0]], row[keys[1]], row["species"]] = one
    return found


def of_one_night(found: Mapping[Place, Tally]) -> Mapping[Place, Tally]:
    """Tallies of a single night, by whatever else: its clips err alike, in each place."""
    for one in found.values():
        one.squares = one.clips**2
    return found


def trusted_places(
    found: Mapping[Place, Tally], nights: Iterable[Mapping[str, str]]
) -> dict[Place, Tally]:
    """Tallies of the nights that drift leaves in, of its rows by night."""
    doubtful = {row["night"] for row in nights if row["trust"] == "no"}
    return {place: one for place, one in found.items() if place[0] not in doubtful}


def gather(
    found: Mapping[Place, Tally], keys: Sequence[str], named: Sequence[str] = BY_TIME
) -> dict[tuple[str, ...], dict[str, Tally]]:
    """Add up over what is not among `keys`, of those that places are `named` by.

    Clips of a night err alike, whatever recording they are of; so do those of a recording whose
    night is not known, and no others.

    Returns
    -------
    dict
        By the values of the keys, sorted: nights by date, hours from noon to noon; then by species.
    """
    nights: dict[tuple[tuple[str, ...], str, str], Tally] = {}
    for (one_key, other_key, species), one in found.items():
        values = dict(zip(named, (one_key, other_key), strict=True))
        place = tuple(values[key] for key in keys)
        nights.setdefault((place, values.get("night", ""), species), Tally()).add(one)
    gathered: dict[tuple[str, ...], dict[str, Tally]] = {}
    for (place, night, species), one in nights.items():
        if night:
            one.squares = one.clips**2
        gathered.setdefault(place, {}).setdefault(species, Tally()).add(one)

    def order(values: tuple[str, ...]) -> tuple:
        of = dict(zip(keys, values, strict=True))
        hour = of.get("hour", "")
        return of.get("night", ""), hours_from_noon(hour) if hour else -1

    return {key: gathered[key] for key in sorted(gathered, key=order)}
