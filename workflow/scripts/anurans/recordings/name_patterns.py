"""What the name of a recording tells: site, date, time, and which clock that is.

Read at parse time: standard library only.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from datetime import date as Date
from functools import lru_cache

# Value of `recordings.pattern`: the names that recorders write.
RECORDERS = "recorders"
# Dates and times of day that are kept in mind: many recordings have the same.
KEPT = 10_000
GROUPS = ("site", "date", "time", "zone")
# All words before the date, of which the first is not one; Song Meters name their channels.
_SITE = (
    r"(?:(?!\d{8}[_T-]\d{4}(?:\d\d)?(?!\d)|\d{4}-\d\d-\d\d)(?P<site>[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*?)_"
    r"(?:(?:\d\+\d?|\+\d)_|_\d__)?)?"
)
_DAY = r"(?P<date>(?<!\d)\d{8})"
# Tried in this order; one that finds no possible date and time gives way to the next.
_PATTERNS = tuple(
    map(
        re.compile,
        (
            # AudioMoth, Song Meter, Frontier Labs and most others: POND_20240121_203000.
            rf"{_SITE}(?P<date>\d{{8}})[_T-](?P<time>\d{{6}})",
            # BirdNET-Pi, and whoever writes dates with dashes: 2024-01-21-birdnet-20:30:00.
            rf"{_SITE}(?P<date>(?<!\d)\d{{4}}-\d{{2}}-\d{{2}})(?:[_T -]+|-birdnet-(?:\w+-)?)"
            r"(?P<time>\d{2}([-:_.]?)\d{2}\4\d{2})(?!\d)",
            rf"{_SITE}{_DAY}[_T-](?P<time>\d{{4}})(?!\d)",
            r"(?<!\d)(?P<date>20\d{6})(?P<time>\d{6})(?!\d)",
            # SoundTrap: 1677754401.180716143000. Tascam and others: 220728_0744.
            r"^\d+\.(?P<date>\d{6})(?P<time>\d{6})$",
            r"^(?P<date>\d{6})[_-](?P<time>\d{4}(?:\d{2})?)(?!\d)",
        ),
    )
)
# AudioMoth's first firmware: seconds since 1970, in hexadecimal; these begin in 2012 and end in
# 2038. Without a letter it may be any number.
_HEXADECIMAL = re.compile(r"[5-7][0-9A-F]{7}")
_ZONE = re.compile(r"Z(?![A-Za-z0-9])|[+-](?:0\d|1[0-4]):?(?:00|15|30|45)(?!\d)")
_TWELVE = re.compile(r"(\d{1,2})(?:\D(\d{2}))?(?:\D(\d{2}))?\s*([AaPp])\.?\s?[Mm]\.?")


@dataclass(frozen=True, slots=True)
class Told:
    """What a name tells; empty where it does not.

    `date` is YYYY-MM-DD, `time` HH:MM:SS, `zone` `Z` or the offset from UTC, such as `+10:00`.
    """

    site: str = ""
    date: str = ""
    time: str = ""
    zone: str = ""


def is_hexadecimal(name: str) -> bool:
    """Tell whether a name can only be a time in AudioMoth's hexadecimal."""
    return bool(_HEXADECIMAL.fullmatch(name)) and not name.isdigit()


def read_name(recording: str, pattern: str, hexadecimal: bool = False) -> Told:
    """Read what the id of a recording tells.

    Parameters
    ----------
    recording
        Its id, which may name folders.
    pattern
        A regular expression with some of the groups `GROUPS`, searched in the id; or `recorders`,
        for the names that recorders write.
    hexadecimal
        Whether eight digits are a time too, since other names of the source are in hexadecimal.

    Examples
    --------
    >>> read_name("siteA/SM304290_0+1_20211001_130001", "recorders")
    Told(site='SM304290', date='2021-10-01', time='13:00:01', zone='')
    >>> read_name("20201107T000000+1100_REC", "recorders").zone
    '+11:00'
    >>> read_name("5E90A4D4", "recorders")
    Told(site='', date='2020-04-10', time='16:54:44', zone='Z')
    """
    if pattern != RECORDERS:
        return next(_found(recording, (_compiled(pattern),)), Told())
    name = recording.rpartition("/")[2]
    if is_hexadecimal(name) or (hexadecimal and _HEXADECIMAL.fullmatch(name)):
        when = datetime.fromtimestamp(int(name, 16), UTC)
        return Told("", when.date().isoformat(), when.time().isoformat(), "Z")
    first = None
    for each in _found(name, _PATTERNS):
        if each.date:
            return each
        first = first or each
    return first or Told()


def _compiled(pattern: str) -> re.Pattern:
    return re.compile(pattern)  # which keeps those that it has compiled


def _found(name: str, patterns: Iterable[re.Pattern]) -> Iterator[Told]:
    for pattern in patterns:
        if not (match := pattern.search(name)):
            continue
        groups = {key: value or "" for key, value in match.groupdict().items()}
        told = Told(groups.get("site", ""))
        try:
            date = parse_date(groups.get("date", ""), short=True)
            time = parse_time(groups.get("time", ""))
        except ValueError:
            # Digits in a name that are no date (a serial number, say): one without a date.
            yield told
            continue
        zone = groups.get("zone", "")
        if not zone and time and (after := _ZONE.match(name, match.end("time"))):
            zone = after[0]
        yield replace(told, date=date, time=time, zone=parse_zone(zone))


@lru_cache(KEPT)
def parse_date(text: str, short: bool = False) -> str:
    """Write a date as YYYY-MM-DD; `short` lets two digits be a year from 2000 on.

    Raises
    ------
    ValueError
        With what is wrong.
    """
    digits = re.sub(r"\D", "", text)
    if not digits:
        return ""
    if short and len(digits) == 6 and text.isdigit():
        digits = f"20{digits}"
    if len(digits) != 8:
        raise ValueError(f"date is {text!r}; expected YYYY-MM-DD")
    try:
        return Date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        raise ValueError(f"date is {text!r}; there is no such day, expected YYYY-MM-DD") from None


@lru_cache(KEPT)
def parse_time(text: str) -> str:
    """Write a time of day as HH:MM:SS: of HH:MM:SS, HH:MM, HHMMSS, HHMM, or 8:30 PM.

    Raises
    ------
    ValueError
        With what is wrong.

    Examples
    --------
    >>> parse_time("8:30 pm"), parse_time("12:05:10 AM"), parse_time("0430")
    ('20:30:00', '00:05:10', '04:30:00')
    """
    text = text.strip()
    if twelve := _TWELVE.fullmatch(text):
        hour, minutes, seconds, half = twelve.groups(default="00")
        is_hour = 1 <= int(hour) <= 12
        hour = f"{int(hour) % 12 + 12 * (half in 'Pp'):02d}" if is_hour else "99"
        digits = hour + minutes + seconds
    elif re.fullmatch(r"\d:\d{2}(:\d{2})?", text):  # spreadsheets write 8:30:00
        digits = "0" + re.sub(r"\D", "", text)
    else:
        digits = re.sub(r"\D", "", text)
    if not digits:
        return ""
    if len(digits) not in (4, 6):
        raise ValueError(f"time is {text!r}; expected HH:MM:SS")
    try:
        return datetime.strptime(digits.ljust(6, "0"), "%H%M%S").time().isoformat()
    except ValueError:
        raise ValueError(f"time is {text!r}; there is no such time of day") from None


def split_zone(text: str) -> tuple[str, str]:
    """Split a time of day of a table into the time and its `Z` or offset."""
    match = re.search(r"\s*(Z|[+-]\d{2}:?\d{2})\s*$", text)
    return (text[: match.start()], parse_zone(match[1])) if match else (text, "")


def parse_zone(text: str) -> str:
    """Write an offset as +hh:mm."""
    if not text or text == "Z":
        return text
    digits = re.sub(r"\D", "", text)
    return f"{text[0]}{digits[:2]}:{digits[2:]}"
