"""When something in a recording happened."""

from datetime import datetime, timedelta


def time_of_day(date: str, time: str, seconds: float) -> tuple[str, str]:
    """Date and time of day, so many s after a recording began; empty where that is not known."""
    if not (date and time):
        return date, ""
    when = datetime.fromisoformat(f"{date}T{time}") + timedelta(seconds=seconds)
    return when.date().isoformat(), when.time().isoformat(timespec="seconds")
