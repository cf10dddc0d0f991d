"""Which recordings there are, what their names tell, and the shard of each.

Read at parse time by every job of a cluster: names only, never audio, standard library only.
"""

import os
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime, timedelta
from pathlib import Path

from anurans.errors import UserError, listing
from anurans.tables import read_table

EXTENSIONS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".w64", ".caf")
CHANNELS = ("mix", "left", "right")


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording: its id, file and what its name or the table says.

    `channel` is empty where the config's holds. `site`, `date` (YYYY-MM-DD) and `time` (HH:MM:SS)
    are empty where the name tells none.
    """

    recording: str
    path: str
    channel: str = ""
    site: str = ""
    date: str = ""
    time: str = ""

    @property
    def night(self) -> str:
        """Date of the evening of the night (noon to noon) it was made in, or empty."""
        if not (self.date and self.time):
            return ""
        made = datetime.fromisoformat(f"{self.date}T{self.time}")
        return (made - timedelta(hours=12)).date().isoformat()


def shard_of(recording: str, shards: int) -> str:
    """Name of the shard of a recording: crc32 of its id modulo the number of shards."""
    return f"{zlib.crc32(recording.encode()) % shards:04d}"


def clip_id(recording: str, start: float) -> str:
    """Id of a clip: the recording's, `_`, and the clip's start (s) in ms, in 7 digits."""
    return f"{recording}_{round(start * 1000):07d}"


def list_recordings(source: str, pattern: str) -> tuple[Recording, ...]:
    """List the recordings of a folder, searched recursively, or of a table.

    Parameters
    ----------
    source
        A folder, or a .csv or .tsv table with the columns `recording, path` and optionally
        `channel, site, date, time`. Files of a table need not exist yet.
    pattern
        Regular expression searched in the name of each recording, with any of the groups
        `site`, `date` (YYYYMMDD or YYYY-MM-DD) and `time` (HHMMSS, HH:MM:SS or HHMM).

    Returns
    -------
    tuple of Recording
        Sorted by id.

    Raises
    ------
    UserError
        When there is none, when two have one id, or when a row of the table is wrong.
    """
    compiled = re.compile(pattern)
    found = (
        _of_folder(Path(source), compiled) if Path(source).is_dir() else _of_table(source, compiled)
    )
    if not found:
        raise UserError(
            f"recordings.source: no recording in {source}; expected audio files "
            f"({', '.join(EXTENSIONS)}) in a folder, or a table with one row for each."
        )
    _refuse_twins(found)
    return tuple(sorted(found, key=lambda recording: recording.recording))


def _of_folder(folder: Path, pattern: re.Pattern) -> list[Recording]:
    found, seen = [], set()
    for where, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(where)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            if name.lower().endswith(EXTENSIONS) and not name.startswith("."):
                recording = Path(name).stem
                path = (Path(where) / name).as_posix()
                found.append(_named(recording, path, pattern))
    return found


def _of_table(source: str, pattern: re.Pattern) -> list[Recording]:
    if not Path(source).exists():
        raise UserError(
            f"recordings.source: {source} does not exist; expected a folder of recordings or a "
            f"table (recording, path). Paths are relative to the folder you run snakemake in, "
            f"{Path.cwd()}."
        )
    if not source.lower().endswith((".csv", ".tsv")):
        raise UserError(f"recordings.source: {source} is neither a folder nor a .csv or .tsv file.")
    found, problems = [], []
    for line, row in enumerate(read_table(source, needs=("recording", "path")), start=2):
        at = f"{source}, line {line}"
        given = {key: (row.get(key) or "").strip() for key in ("recording", "path", "channel")}
        if not given["recording"] or not given["path"]:
            problems.append(f"{at}: recording and path must not be empty.")
            continue
        if given["channel"] not in ("", *CHANNELS):
            problems.append(
                f"{at}: channel is {given['channel']!r}; expected one of {', '.join(CHANNELS)}."
            )
        named = _named(given["recording"], given["path"], pattern)
        try:
            found.append(
                Recording(
                    given["recording"],
                    given["path"],
                    given["channel"],
                    (row.get("site") or "").strip() or named.site,
                    _date(row.get("date") or "") or named.date,
                    _time(row.get("time") or "") or named.time,
                )
            )
        except ValueError as error:
            problems.append(f"{at}: {error}.")
    if problems:
        raise UserError(f"The table of recordings has mistakes:\n{listing(problems)}")
    return found


def _named(recording: str, path: str, pattern: re.Pattern) -> Recording:
    match = pattern.search(recording)
    groups = match.groupdict(default="") if match else {}
    try:
        date, time = _date(groups.get("date", "")), _time(groups.get("time", ""))
    except ValueError:
        # Digits in a name that are no date (a serial number, say): a recording without a date.
        date = time = ""
    return Recording(recording, path, "", groups.get("site", ""), date, time)


def _date(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    if not digits:
        return ""
    if len(digits) != 8:
        raise ValueError(f"date is {text!r}; expected YYYY-MM-DD")
    try:
        return Date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        raise ValueError(f"date is {text!r}; there is no such day") from None


def _time(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    if not digits:
        return ""
    if len(digits) not in (4, 6):
        raise ValueError(f"time is {text!r}; expected HH:MM:SS")
    try:
        return datetime.strptime(digits.ljust(6, "0"), "%H%M%S").time().isoformat()
    except ValueError:
        raise ValueError(f"time is {text!r}; there is no such time of day") from None


def _refuse_twins(found: Iterable[Recording]) -> None:
    first: dict[str, str] = {}
    twins = []
    for recording in found:
        if recording.recording in first:
            twins.append(
                f"{recording.recording}: {first[recording.recording]} and {recording.path}"
            )
        first.setdefault(recording.recording, recording.path)
    if twins:
        raise UserError(
            "Two recordings have one id (a file's name without its ending); rename one, or name "
            f"them in a table of recordings:\n{listing(twins)}"
        )
