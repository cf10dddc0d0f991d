"""When something in a recording happened."""

from datetime import datetime, timedelta


def time_of_day(date: str, time: str, seconds: float) -> tuple[str, str]:
    """Date and time of day, so many s after a recording began; empty where that is not known.

    Examples
    --------
    >>> time_of_day("2020-01-31", "23:59:00", 90.0)
    ('2020-02-01', '00:00:30')
    """
    if not (date and time):
        return date, ""
    when = datetime.fromisoformat(f"{date}T{time}") + timedelta(seconds=seconds)
    return when.date().isoformat(), when.time().isoformat(timespec="seconds")
