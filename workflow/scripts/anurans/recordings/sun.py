"""How long before or after sunset, sunrise and civil twilight something was."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from datetime import date as Date
from functools import lru_cache

import astral
import astral.sun

# What the evening begins with, and what the morning after it ends with; twilight is the civil one.
EVENING, MORNING = ("sunset", "dusk"), ("dawn", "sunrise")
SUN = (*EVENING, *MORNING)
_WHEN: dict[str, Callable[..., datetime]] = {
    "sunset": astral.sun.sunset,
    "dusk": astral.sun.dusk,
    "dawn": astral.sun.dawn,
    "sunrise": astral.sun.sunrise,
}
STEP = 30  # minutes that are counted together


@lru_cache(maxsize=4096)
def sun_of(evening: Date, latitude: float, longitude: float) -> dict[str, datetime | None]:
    """When the sun sets on an evening and rises on the morning after it, in UTC.

    Parameters
    ----------
    evening
        Its date, by the sun of the place.
    latitude, longitude
        Of the place, in degrees.

    Returns
    -------
    dict
        By `SUN`; None where the sun does not set or rise, or it does not get dark.
    """
    place = astral.Observer(latitude, longitude)
    zone = timezone(timedelta(minutes=round(longitude * 4)))
    found: dict[str, datetime | None] = {}
    for event in SUN:
        date = evening if event in EVENING else evening + timedelta(days=1)
        try:
            found[event] = _WHEN[event](place, date, tzinfo=zone).astimezone(UTC)
        except ValueError:
            found[event] = None
    return found


def minutes_after(told: Mapping[str, object], seconds: float) -> dict[str, float]:
    """Minutes from sunset, dusk, dawn and sunrise of a night to a moment in it.

    Parameters
    ----------
    told
        What is known of a recording: when it began, in `utc`, and the `latitude` and `longitude`
        of its site.
    seconds
        Since it began.

    Returns
    -------
    dict
        By `SUN`, negative before; without what there is not, and empty where the recording's time
        or place is not known.

    Examples
    --------
    >>> told = {"utc": "2024-01-21T00:00:00Z", "latitude": -22.8, "longitude": -47.1}
    >>> {name: round(minutes) for name, minutes in minutes_after(told, 0).items()}
    {'sunset': 122, 'dusk': 97, 'dawn': -496, 'sunrise': -521}
    """
    if not told.get("utc") or "latitude" not in told:
        return {}
    latitude, longitude = float(str(told["latitude"])), float(str(told["longitude"]))
    when = datetime.fromisoformat(str(told["utc"])) + timedelta(seconds=seconds)
    # The day from noon to noon, by the sun.
    evening = (when + timedelta(minutes=4 * longitude) - timedelta(hours=12)).date()
    return {
        event: (when - at).total_seconds() / 60
        for event, at in sun_of(evening, latitude, longitude).items()
        if at is not None
    }


def step_of(minutes: float) -> str:
    """First minute of the half hour, counted from an event of the sun, that a moment is in.

    Examples
    --------
    >>> step_of(-0.5), step_of(0), step_of(59)
    ('-30', '0', '30')
    """
    return str(int(minutes // STEP) * STEP)
