"""How far new recordings lie from those that a model learnt from, and when not to trust it.

Each measure has a limit that is set by the training recordings themselves: what is outside of it
lies further from them than they lie from each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date

import numpy as np

from anurans.recordings.times import night_of
from anurans.sounds.sound_profiles import PROFILE, read_bands

# What is allowed beyond what training recordings show.
LEVEL_MARGIN, SPECTRUM_MARGIN = 3.0, 1.25  # dB; times
MOST_DAYS, MOST_HOURS = 30, 1.0
# Share of a night's recordings outside by sound, from which its scores should not be trusted.
DOUBTFUL = 0.5
# By sound: these make scores wrong. By calendar: these leave it open whether they are.
BY_SOUND = ("level", "spectrum", "embedding")
BY_CALENDAR = ("season", "hour")
# Columns of what is known of the recordings that a model learnt from.
TRAINING = (*PROFILE, "date", "time", "duration_s", "sound")
DRIFT = (
    *("recording", "night", "date", "time", "level", "spectrum", "embedding", "far_clips"),
    *("days", "hours", "outside"),
)
NIGHTS = ("night", "recordings", *BY_SOUND, *BY_CALENDAR, "trust")


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond what a recording is outside.

    Attributes
    ----------
    level
        Lowest and highest, in dB of full scale.
    spectrum
        Largest distance to the nearest training recording, in dB; None with one of them.
    embedding
        Largest distance to the nearest training clip; None where clips are of one recording.
    """

    level: tuple[float, float]
    spectrum: float | None
    embedding: float | None


def shapes(bands: np.ndarray) -> np.ndarray:
    """Spectra [shape=(n, bands)] in dB, without how loud they are."""
    return bands - bands.mean(axis=1, keepdims=True)


def spectrum_distances(new: np.ndarray, training: np.ndarray, itself: bool = False) -> np.ndarray:
    """Distance of spectra to the nearest of training: the root mean squared difference, in dB.

    Parameters
    ----------
    new, training : np.ndarray [shape=(n, bands)], [shape=(m, bands)]
        From `shapes`.
    itself
        Whether both are the same, and each is held against the others.
    """
    # One after the other: a year of recordings against all of training would fill the memory.
    found = np.empty(len(new))
    for at, one in enumerate(new):
        each = np.sqrt(((training - one) ** 2).mean(axis=1))
        if itself:
            each[at] = np.inf
        found[at] = each.min(initial=np.inf)
    return found


def find_limits(training: Sequence[Mapping[str, str]], embedding: float | None) -> Limits:
    """Set the limits by rows of the profiles of the training recordings."""
    levels = [float(row["level"]) for row in training]
    spectra = shapes(read_bands(training))
    spectrum = None
    if len(training) > 1:
        spectrum = SPECTRUM_MARGIN * float(spectrum_distances(spectra, spectra, True).max())
    return Limits((min(levels) - LEVEL_MARGIN, max(levels) + LEVEL_MARGIN), spectrum, embedding)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the training recordings were made.

    Attributes
    ----------
    days : np.ndarray [shape=(n,)]
        Days of the year.
    times : np.ndarray [shape=(m, 2)]
        Hours since midnight at which a recording begins, and how many it lasts.
    """

    days: np.ndarray
    times: np.ndarray


def read_calendar(trained: Iterable[Mapping[str, str]]) -> Calendar:
    """Read `date`, `time` and `duration_s` of training recordings, empty where not known."""
    trained = list(trained)
    days = {day_of_year(row["date"]) for row in trained if row["date"]}
    times = {
        (hour_of(row["time"]), float(row["duration_s"]) / 3600) for row in trained if row["time"]
    }
    return Calendar(np.array(sorted(days)), np.array(sorted(times)).reshape(-1, 2))


def measure_drift(
    new: Iterable[Mapping[str, str]],
    training: Sequence[Mapping[str, str]],
    names: Mapping[str, Mapping[str, str]],
    calendar: Calendar,
    limits: Limits,
) -> Iterator[dict[str, object]]:
    """Measure new recordings, one after the other.

    Parameters
    ----------
    new, training
        Rows of profiles.
    names
        `date`, `time` and `duration_s` of each new recording, the former empty where not known.
    calendar
        Of the training recordings.
    limits
        From `find_limits`.

    Yields
    ------
    dict
        A row of `DRIFT`; `outside` names the measures that are beyond their limit.
    """
    known = shapes(read_bands(training))
    for row in new:
        (spectrum,) = spectrum_distances(shapes(read_bands([row])), known).tolist()
        told = names[row["recording"]]
        days, hours = far_in_calendar(told, calendar)
        level, embedding = float(row["level"]), float(row["distance"])
        low, high = limits.level
        outside = {
            "level": not low <= level <= high,
            "spectrum": limits.spectrum is not None and spectrum > limits.spectrum,
            "embedding": limits.embedding is not None and embedding > limits.embedding,
            "season": days is not None and days > MOST_DAYS,
            "hour": hours is not None and hours > MOST_HOURS,
        }
        yield {
            "recording": row["recording"],
            # A long recording is of the night of its middle.
            "night": night_of(told["date"], told["time"], float(told["duration_s"]) / 2),
            "date": told["date"],
            "time": told["time"],
            "level": level,
            "spectrum": spectrum,
            "embedding": embedding,
            "far_clips": float(row["far"]),
            "days": days,
            "hours": hours,
            "outside": " ".join(name for name, is_outside in outside.items() if is_outside),
        }


def far_in_calendar(told: Mapping[str, str], calendar: Calendar) -> tuple[int | None, float | None]:
    """Days to the nearest day of the year, and hours to the nearest time of day, of training.

    A long recording is as far as the farthest of its begin, middle and end is from the time that
    training recordings lasted.
    """
    days = hours = None
    if told["date"] and len(calendar.days):
        days = int(np.min(around(day_of_year(told["date"]) - calendar.days, 365)))
    if told["time"] and len(calendar.times):
        begins, lasted = calendar.times.T
        of = hour_of(told["time"]) + np.linspace(0, float(told["duration_s"]) / 3600, 3)
        since = (of[:, None] - begins) % 24
        far = np.where(since <= lasted, 0, np.minimum(since - lasted, 24 - since))
        hours = float(far.min(axis=1).max())
    return days, hours


def around(difference: np.ndarray | float, whole: float) -> np.ndarray | float:
    """Distance on a circle."""
    return np.minimum(difference % whole, -difference % whole)


def day_of_year(date: str) -> int:
    """Day of the year of YYYY-MM-DD."""
    return Date.fromisoformat(date).timetuple().tm_yday


def hour_of(time: str) -> float:
    """Hours since midnight of HH:MM:SS."""
    hour, minute, second = map(int, time.split(":"))
    return hour + minute / 60 + second / 3600


def by_night(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Rows of `NIGHTS`: how many recordings are outside, and whether to trust the scores."""
    nights: dict[str, list[Mapping[str, object]]] = {}
    for row in rows:
        nights.setdefault(str(row["night"]), []).append(row)
    found = []
    for night, of in sorted(nights.items()):
        sets = [set(str(row["outside"]).split()) for row in of]
        counts = {name: sum(name in each for each in sets) for name in (*BY_SOUND, *BY_CALENDAR)}
        doubtful = sum(bool(each.intersection(BY_SOUND)) for each in sets)
        trust = "no" if doubtful >= DOUBTFUL * len(of) else "yes"
        found.append({"night": night, "recordings": len(of), **counts, "trust": trust})
    return found
