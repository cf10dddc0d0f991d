"""From the clock of a recorder to local time, and dates at which a clock was not set.

Read at parse time: standard library only.
"""

import difflib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from datetime import date as Date
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

LOCAL = "local"
# Years in which clocks begin that were not set.
BEGINNINGS = (1970, 1980, 2000)
# A date is lone when it lies further than this from all others, and few are with it.
FAR, FEW = timedelta(days=3653), 0.05


@cache
def zone_of(name: str) -> tzinfo:
    """Time zone of a name: of IANA, such as America/Sao_Paulo, or UTC, Z, or an offset.

    Raises
    ------
    ValueError
        With what is expected, where there is no such zone.
    """
    if name in ("UTC", "Z"):
        return UTC
    if match := re.fullmatch(r"([+-])(\d{2}):(\d{2})", name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        if offset <= timedelta(hours=14) and int(match[3]) < 60:
            return timezone(-offset if match[1] == "-" else offset)
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        close = difflib.get_close_matches(name, sorted(available_timezones()), n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise ValueError(
            f"found {name}{hint}; expected a time zone such as America/Sao_Paulo, UTC or +10:00"
        ) from None


def to_local(date: str, time: str, clock: str, time_zone: str) -> tuple[str, str, str]:
    """Say when a recording began, in local time and in UTC.

    Parameters
    ----------
    date, time
        What its name tells, YYYY-MM-DD and HH:MM:SS.
    clock
        Zone of these; empty where it is not known.
    time_zone
        Zone of local time; empty where it is not known, and the clock's is taken for it.

    Returns
    -------
    date, time, utc : str
        `utc` as YYYY-MM-DDTHH:MM:SSZ; empty where it is not known.

    Examples
    --------
    >>> to_local("2024-01-21", "01:30:00", "UTC", "America/Sao_Paulo")
    ('2024-01-20', '22:30:00', '2024-01-21T01:30:00Z')
    """
    clock = clock or time_zone
    if not (date and time and clock):
        return date, time, ""
    when = datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=zone_of(clock))
    try:
        utc = when.astimezone(UTC)
        local = utc.astimezone(zone_of(time_zone or clock))
    except OverflowError:  # in the first or last year that there is
        return date, time, ""
    local = local.replace(tzinfo=None)
    return local.date().isoformat(), local.time().isoformat(), f"{utc:%Y-%m-%dT%H:%M:%SZ}"


def not_set(dates: Iterable[str]) -> set[str]:
    """Find the dates at which clocks were not set: those where clocks begin, and lone ones.

    Parameters
    ----------
    dates
        Of all recordings of a source that have one, YYYY-MM-DD, each as often as it occurs.

    Returns
    -------
    set of str
        Empty where all are of one kind: then the season was in that year.

    Examples
    --------
    >>> sorted(not_set(["1970-01-01", "2024-01-31", "2024-02-01"]))
    ['1970-01-01']
    >>> not_set(["1970-01-01", "1970-01-02"])
    set()
    """
    days = sorted(map(Date.fromisoformat, dates))
    first = {day for day in days if begins(day)}
    # A recorder that went on for months has later dates than those of a beginning.
    long = [of for of in _groups(days) if of[0] in first and _is_of_a_clock(of[0])]
    started = {day for of in long for day in of}
    rest = [day for day in days if day not in first and day not in started]
    if not rest:
        return set()
    groups = _groups(rest)
    few = max(FEW * len(rest), 2 if len(rest) > 3 else 0)
    lone = [day for of in groups if len(of) < few for day in of]
    # Next to a season of the same year they are of it.
    first = {day for day in first if min(abs(day - other) for other in rest) > FAR / 10}
    return {day.isoformat() for day in (*started, *first, *lone)}


def _groups(days: Iterable[Date]) -> list[list[Date]]:
    """Dates in order, parted where the next is far."""
    groups: list[list[Date]] = []
    for day in days:
        if groups and day - groups[-1][-1] <= FAR:
            groups[-1].append(day)
        else:
            groups.append([day])
    return groups


def begins(day: Date) -> bool:
    """Tell whether a clock that was not set may show a date, west of Greenwich a day earlier."""
    return any(
        each.year in BEGINNINGS and each.month == 1 for each in (day, day + timedelta(days=1))
    )


def _is_of_a_clock(day: Date) -> bool:
    """Whether what begins so is of a clock: a season may have begun later in January 2000."""
    return day.year < 1999 or abs(day - Date(2000, 1, 1)) <= timedelta(days=1)
