"""When something in a recording happened, and what times make together."""

from collections.abc import Iterable
from datetime import datetime, timedelta

NOON = timedelta(hours=12)


def moment(date: str, time: str, seconds: float = 0.0) -> datetime | None:
    """Say when it is so many s after a recording began; None where date or time is not known.

    Parameters
    ----------
    date, time
        When the recording began, YYYY-MM-DD and HH:MM:SS; empty where its name tells none.
    seconds
        Since then.
    """
    if not (date and time):
        return None
    return datetime.fromisoformat(f"{date}T{time}") + timedelta(seconds=seconds)


def night_of(date: str, time: str, seconds: float = 0.0) -> str:
    """Night that a moment, as `moment` takes it, is in: from noon to noon, the evening's date.

    Empty where date or time is not known: a date alone is of two nights.
    """
    when = moment(date, time, seconds)
    return (when - NOON).date().isoformat() if when else ""


def time_of_day(date: str, time: str, seconds: float) -> tuple[str, str]:
    """Date and time of day of a moment, as `moment` takes it.

    Without a time, the recording's date and no time.

    Examples
    --------
    >>> time_of_day("2020-01-31", "23:59:00", 90.0)
    ('2020-02-01', '00:00:30')
    """
    when = moment(date, time, seconds)
    if when is None:
        return date, ""
    return when.date().isoformat(), when.time().isoformat(timespec="seconds")


def hours_from_noon(time: str) -> float:
    """Hours from noon to a time of day, HH or HH:MM:SS, so that a night is in one piece.

    Examples
    --------
    >>> hours_from_noon("18:30:00"), hours_from_noon("02")
    (6.5, 14.0)
    """
    hours, minutes, seconds = [*map(int, time.split(":")), 0, 0][:3]
    return (hours - 12) % 24 + minutes / 60 + seconds / 3600


def union(intervals: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Put intervals (start and end, in s) that touch or overlap together, in order."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
