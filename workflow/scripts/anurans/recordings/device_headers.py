"""What recorders write into the headers of WAV files: time, place, and which recorder it was."""

import os
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import BinaryIO

from guano import GuanoFile

from anurans.common.wording import counted
from anurans.recordings.zones import begins

# As the firmware of AudioMoth writes, since 2017: "Recorded at 10:25:00 04/04/2020 (UTC-3) by
# AudioMoth 24526B065D325963 at gain setting 2 ..." Programs that edit such files put it in others.
_COMMENT = re.compile(
    r"Recorded at (?P<time>\d\d:\d\d:\d\d)(?:\.\d+)? (?P<date>\d\d/\d\d/\d{4}) "
    r"\(UTC(?P<sign>[+-])?(?P<hours>\d{1,2})?(?::?(?P<minutes>\d\d))?\)"
    r"(?:.*? by (?:AudioMoth )?(?P<serial>[0-9A-F]{16}))?"
)
# Names and headers are rounded otherwise.
NEAR = timedelta(seconds=2)
_LONGEST = 1 << 20  # bytes of a chunk that is text


@dataclass(frozen=True, slots=True)
class DeviceHeader:
    """What a header says; whatever it does not say is None, or empty.

    Attributes
    ----------
    time
        Begin of the recording; with an offset where the header gives one.
    latitude, longitude
        Degrees (WGS 84), north and east positive.
    recorder
        Serial number of the recorder.
    maker
        Its model, as it calls itself.
    """

    time: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    recorder: str = ""
    maker: str = ""


def read_device_header(path: str | os.PathLike) -> DeviceHeader | None:
    """Read what a recorder wrote into the header of a WAV file.

    GUANO (Reichert et al., https://guano-md.org) goes first; the comment of an AudioMoth fills in
    what that lacks.

    Parameters
    ----------
    path
        A recording.

    Returns
    -------
    DeviceHeader or None
        None where the file is no WAV, or its header says nothing of this.
    """
    with Path(path).open("rb") as file:
        return find_device_header(file)


def find_device_header(file: BinaryIO) -> DeviceHeader | None:
    """Read the same of a file that is open for reading in binary; its position is moved."""
    texts = dict(_texts(file))
    guano = _of_guano(texts.get(b"guan", ""))
    moth = _of_comment(texts.get(b"ICMT", ""))
    if guano is None or moth is None:
        return guano or moth
    return DeviceHeader(
        guano.time or moth.time,
        guano.latitude,
        guano.longitude,
        guano.recorder or moth.recorder,
        guano.maker or moth.maker,
    )


def is_apart(told: Mapping[str, str], time: datetime) -> bool:
    """Tell whether a header's time is another than that of the name or table.

    Parameters
    ----------
    told
        `date`, `time` and `utc` of the recording; empty where they are not known.
    time
        Of the header; with an offset where it gives one.

    Examples
    --------
    >>> header = datetime.fromisoformat("2024-01-21T22:00:00+00:00")
    >>> is_apart({"date": "2024-01-21", "time": "19:00:00", "utc": "2024-01-21T22:00:00Z"}, header)
    False
    >>> is_apart({"date": "2024-01-25", "time": "22:00:00", "utc": ""}, header)
    True
    """
    if not _is_dated(told):
        return False
    named = [datetime.fromisoformat(f"{told['date']}T{told['time']}")]
    if told["utc"]:
        utc = datetime.fromisoformat(told["utc"])
        if time.tzinfo is not None:
            return abs(utc - time) > NEAR
        named.append(utc.replace(tzinfo=None))
    shown = [time] if time.tzinfo is None else [time, time.astimezone(UTC)]
    return all(abs(one - each.replace(tzinfo=None)) > NEAR for one in named for each in shown)


def other_time(told: Mapping[str, str]) -> str:
    """Give the time of a recording's header where its name or table tells another one, or none.

    Parameters
    ----------
    told
        As `is_apart` takes it, and the `header_time` that was found in the file.

    Returns
    -------
    str
        `header_time`, or nothing: also where the clock of the recorder was not set.
    """
    if not told["header_time"]:
        return ""
    time = datetime.fromisoformat(told["header_time"])
    alone = not _is_dated(told) and not begins(time.date())
    return told["header_time"] if alone or is_apart(told, time) else ""


def tell_other_times(recordings: Sequence[Mapping[str, str]]) -> str:
    """Say how many recordings have another time in their header; empty if none has.

    `header_time` is as `other_time` gives it.
    """
    apart = [row for row in recordings if row.get("header_time") and _is_dated(row)]
    return _tell(apart, "says another time than the name or table")


def tell_times_alone(recordings: Sequence[Mapping[str, str]]) -> str:
    """Say how many recordings have a time in their header alone; empty if none has."""
    alone = [row for row in recordings if row.get("header_time") and not _is_dated(row)]
    return _tell(alone, "says a time, and the name or table tells none that can be used")


def _is_dated(told: Mapping[str, str]) -> bool:
    return bool(told["date"] and told["time"])


def _tell(recordings: Sequence[Mapping[str, str]], what: str) -> str:
    if not recordings:
        return ""
    count, first = counted(len(recordings), "recording"), recordings[0]["recording"]
    return f"In {count} the header of the file {what}, such as {first}"


def _texts(file: BinaryIO) -> Iterator[tuple[bytes, str]]:
    """Texts of a WAV file's header, each with the name of its chunk."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(12)
    if head[:4] not in (b"RIFF", b"RF64") or head[8:12] != b"WAVE":
        return
    at, end = 12, size
    while at + 8 <= end:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"LIST" and file.read(4) == b"INFO":
            at += 12  # its parts follow, as chunks
            continue
        if name in (b"guan", b"ICMT") and length <= _LONGEST:
            file.seek(at + 8)
            yield name, file.read(length).decode("utf-8", "replace").strip("\0 \r\n")
        at += 8 + length + length % 2


def _of_guano(text: str) -> DeviceHeader | None:
    try:
        said = GuanoFile.from_string(text) if text else {}
    except ValueError:  # a line without a colon
        return None
    found = {
        key: said.get(key, None) for key in ("Timestamp", "Loc Position", "Serial", "Make", "Model")
    }
    if not any(found.values()):
        return None
    time, place = found["Timestamp"], found["Loc Position"]
    latitude, longitude = place if isinstance(place, tuple) else (None, None)
    maker = " ".join(filter(None, (found["Make"], found["Model"])))
    return DeviceHeader(
        time if isinstance(time, datetime) else None,
        latitude,
        longitude,
        found["Serial"] or "",
        maker,
    )


def _of_comment(text: str) -> DeviceHeader | None:
    found = _COMMENT.search(text)
    if not found:
        return None
    try:
        time = datetime.strptime(f"{found['date']} {found['time']}", "%d/%m/%Y %H:%M:%S")
        offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
        zone = timezone(-offset if found["sign"] == "-" else offset) if offset else UTC
    except ValueError:  # a date or an offset that there is not
        return None
    return DeviceHeader(
        time.replace(tzinfo=zone), recorder=found["serial"] or "", maker="AudioMoth"
    )
