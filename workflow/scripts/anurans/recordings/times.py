"""When something in a recording happened, and what times make together."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from anurans.recordings.zones import zone_of

NOON = timedelta(hours=12)
# No recording lasts longer.
LONGEST = timedelta(days=14)


def moment(
    date: str, time: str, seconds: float = 0.0, utc: str = "", zone: str = ""
) -> datetime | None:
    """Say what local time it is so many s after a recording began.

    Parameters
    ----------
    date, time
        When the recording began, YYYY-MM-DD and HH:MM:SS; empty where its name tells none.
    seconds
        Since then.
    utc, zone
        The same in UTC, and the time zone of the place, so that a night that has an hour twice, or
        lacks one, is as long as it was; empty where they are not known.

    Returns
    -------
    datetime or None
        None where date or time is not known.

    Examples
    --------
    >>> when = moment("2019-02-16", "23:30:00", 3600, "2019-02-17T01:30:00Z", "America/Sao_Paulo")
    >>> str(when)  # clocks were put back at midnight
    '2019-02-16 23:30:00'
    """
    if not (date and time):
        return None
    since = timedelta(seconds=seconds)
    if utc and zone:
        return (datetime.fromisoformat(utc) + since).astimezone(zone_of(zone)).replace(tzinfo=None)
    return datetime.fromisoformat(f"{date}T{time}") + since


def utc_of(utc: str, seconds: float) -> str:
    """UTC of a moment so many s after a recording began; empty where it is not known.

    Examples
    --------
    >>> utc_of("2019-02-17T01:30:00Z", 90)
    '2019-02-17T01:31:30Z'
    """
    if not utc:
        return ""
    return f"{datetime.fromisoformat(utc) + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def night_of(date: str, time: str, seconds: float = 0.0, utc: str = "", zone: str = "") -> str:
    """Night that a moment, as `moment` takes it, is in: from noon to noon, the evening's date.

    Empty where date or time is not known: a date alone is of two nights.
    """
    when = moment(date, time, seconds, utc, zone)
    return (when - NOON).date().isoformat() if when else ""


def time_of_day(
    date: str, time: str, seconds: float, utc: str = "", zone: str = ""
) -> tuple[str, str]:
    """Date and time of day of a moment, as `moment` takes it.

    Without a time, the recording's date and no time.

    Examples
    --------
    >>> time_of_day("2020-01-31", "23:59:00", 90.0)
    ('2020-02-01', '00:00:30')
    """
    when = moment(date, time, seconds, utc, zone)
    if when is None:
        return date, ""
    return when.date().isoformat(), when.time().isoformat(timespec="seconds")


def clock_of(told: Mapping[str, str]) -> dict[str, str]:
    """What the functions above take of a recording, out of what its name tells."""
    return {key: told.get(key, "") for key in ("date", "time", "utc", "zone")}


def clock_needed(told: Mapping[str, str]) -> dict[str, str]:
    """`clock_of`, without UTC and time zone where no clock is changed while a recording may last.

    The functions above answer the same without them; so a time zone that is written down later
    changes the little that it has to.

    Examples
    --------
    >>> told = {"date": "2024-01-20", "time": "19:00:00", "utc": "2024-01-20T22:00:00Z"}
    >>> clock_needed(told | {"zone": "America/Sao_Paulo"})
    {'date': '2024-01-20', 'time': '19:00:00', 'utc': '', 'zone': ''}
    """
    clock, end = clock_of(told), LONGEST.total_seconds()
    try:
        steady = moment(**clock, seconds=end) == moment(clock["date"], clock["time"], end)
    except OverflowError:  # in the last year that there is
        steady = False
    return clock | {"utc": "", "zone": ""} if steady else clock


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
