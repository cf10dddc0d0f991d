"""How far new recordings lie from those that a model learnt from, and when not to trust it.

Each measure has a limit that is set by the training recordings themselves: what is outside of it
lies further from them than they lie from each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime, timedelta

import numpy as np

from anurans.sound_profiles import read_bands

# What is allowed beyond what training recordings show.
LEVEL_MARGIN, SPECTRUM_MARGIN = 3.0, 1.25  # dB; times
MOST_DAYS, MOST_HOURS = 30, 1.0
# Share of a night's recordings outside by sound, from which its scores should not be trusted.
DOUBTFUL = 0.5
# By sound: these make scores wrong. By calendar: these leave it open whether they are.
BY_SOUND = ("level", "spectrum", "embedding")
BY_CALENDAR = ("season", "hour")
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


def measure_drift(
    new: Sequence[Mapping[str, str]],
    training: Sequence[Mapping[str, str]],
    names: Mapping[str, Mapping[str, str]],
    trained: Sequence[Mapping[str, str]],
    limits: Limits,
) -> list[dict[str, object]]:
    """Measure new recordings.

    Parameters
    ----------
    new, training
        Rows of profiles.
    names
        `date` and `time` of each new recording, empty where not known.
    trained
        The same of the training recordings.
    limits
        From `find_limits`.

    Returns
    -------
    list of dict
        Rows of `DRIFT`; `outside` names the measures that are beyond their limit.
    """
    distances = spectrum_distances(shapes(read_bands(new)), shapes(read_bands(training)))
    rows = []
    for row, spectrum in zip(new, distances.tolist(), strict=True):
        told = names[row["recording"]]
        days, hours = far_in_calendar(told, trained)
        level, embedding = float(row["level"]), float(row["distance"])
        low, high = limits.level
        outside = {
            "level": not low <= level <= high,
            "spectrum": limits.spectrum is not None and spectrum > limits.spectrum,
            "embedding": limits.embedding is not None and embedding > limits.embedding,
            "season": days is not None and days > MOST_DAYS,
            "hour": hours is not None and hours > MOST_HOURS,
        }
        rows.append(
            {
                "recording": row["recording"],
                "night": night_of(told["date"], told["time"]),
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
        )
    return rows


def far_in_calendar(
    told: Mapping[str, str], trained: Sequence[Mapping[str, str]]
) -> tuple[int | None, float | None]:
    """Days to the nearest day of the year, and hours to the nearest time of day, of training."""
    days = hours = None
    dates = [row["date"] for row in trained if row["date"]]
    times = [row["time"] for row in trained if row["time"]]
    if told["date"] and dates:
        mine = day_of_year(told["date"])
        days = min(around(mine - day_of_year(date), 365) for date in set(dates))
    if told["time"] and times:
        mine = hour_of(told["time"])
        hours = float(min(around(mine - hour_of(time), 24) for time in set(times)))
    return days, hours


def around(difference: float, whole: float) -> float:
    """Distance on a circle."""
    return min(difference % whole, -difference % whole)


def day_of_year(date: str) -> int:
    """Day of the year of YYYY-MM-DD."""
    return Date.fromisoformat(date).timetuple().tm_yday


def hour_of(time: str) -> float:
    """Hours since midnight of HH:MM:SS."""
    hour, minute, second = map(int, time.split(":"))
    return hour + minute / 60 + second / 3600


def night_of(date: str, time: str) -> str:
    """Night, from noon to noon, by the date of its evening; the date where no time is known."""
    if not (date and time):
        return date
    when = datetime.fromisoformat(f"{date}T{time}") - timedelta(hours=12)
    return when.date().isoformat()


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
