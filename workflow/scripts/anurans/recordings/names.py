"""Which recordings there are, what their names tell, and the shard of each.

Read at parse time by every job of a cluster: names only, never audio, standard library only.
"""

import os
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date as Date
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NoReturn

from anurans.common.errors import UserError, listing, refuse
from anurans.common.tables import read_table
from anurans.recordings.times import night_of

EXTENSIONS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".w64", ".caf")
CHANNELS = ("mix", "left", "right")
# Snakemake reads braces and angle brackets in a path as its own; the others tear lines and tables.
_REFUSED = re.compile(
    r"[{}<>\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording: its id, file and what its name or the table says.

    `channel` is empty where the config's holds. `site`, `date` (YYYY-MM-DD) and `time` (HH:MM:SS)
    are empty where the name tells none. `fault` says why it cannot even be opened, by its name, in
    which id and file are then written with escapes.
    """

    recording: str
    path: str
    channel: str = ""
    site: str = ""
    date: str = ""
    time: str = ""
    fault: str = ""

    @property
    def night(self) -> str:
        """Night that it begins in, as `anurans.recordings.times.night_of` says."""
        return night_of(self.date, self.time)


def shard_of(recording: str, shards: int) -> str:
    """Name of the shard of a recording: crc32 of its id modulo the number of shards."""
    return f"{zlib.crc32(recording.encode()) % shards:04d}"


def clip_id(recording: str, start: float) -> str:
    """Id of a clip: the recording's, `_`, and the clip's start (s) in ms, in 7 digits."""
    return f"{recording}_{round(start * 1000):07d}"


def file_name(recording: str, ending: str = "") -> str:
    """Name of a file about a recording; an id of a table may hold a slash."""
    return recording.replace("/", "%2F") + ending


def composed(text: str) -> str:
    """Write accents in one way: macOS may give one of a file's name as a character of its own."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def by_name(recordings: Iterable[str]) -> dict[str, str]:
    """Recording of each name that its annotations, or a row of a table, may have for it."""
    recordings = tuple(recordings)
    names = {composed(file_name(each)): each for each in recordings}
    return names | {composed(each): each for each in recordings}


def find_named(name: str, names: Mapping[str, str]) -> str | None:
    """Find the recording that an id, audio file or path in a table means.

    Parameters
    ----------
    name
        As it stands in the table.
    names
        Recording of each name, from `by_name`.

    Examples
    --------
    >>> names = by_name(["pond_20200101", "marsh/1"])
    >>> find_named("audio/pond_20200101.WAV", names)
    'pond_20200101'
    >>> find_named("marsh%2F1", names)
    'marsh/1'
    """
    name = composed(name)
    if name not in names:
        name = name.replace("\\", "/").rpartition("/")[2]
    if name not in names and name.lower().endswith(EXTENSIONS):
        name = name.rpartition(".")[0]
    return names.get(name)


def is_readable(path: str) -> bool:
    """Tell whether there is a file that this user may read."""
    return Path(path).is_file() and os.access(path, os.R_OK)


def is_remote(path: str) -> bool:
    """Tell whether a path is an address in an object storage, such as s3://bucket/name.wav."""
    return "://" in path


def waited_for(
    recordings: Iterable[Recording], made: Callable[[str], bool]
) -> tuple[Recording, ...]:
    """Recordings that a job can wait for: that can be read, that a rule makes, in a storage."""
    return tuple(
        each
        for each in recordings
        if not each.fault and (is_remote(each.path) or is_readable(each.path) or made(each.path))
    )


def found_at(
    recordings: Iterable[Recording], waited: Iterable[Recording], files: Iterable[str]
) -> list[str]:
    """File of each recording for a job that waited for some: its copy of what is in a storage."""
    copies = {each.recording: str(file) for each, file in zip(waited, files, strict=True)}
    return [copies.get(each.recording, each.path) for each in recordings]


def list_recordings(source: str, pattern: str) -> tuple[Recording, ...]:
    """List the recordings of a folder, searched recursively, or of a table.

    Parameters
    ----------
    source
        A folder, or a .csv or .tsv table with the columns `recording, path` and optionally
        `channel, site, date, time`. Files of a table need not exist yet, and may lie in an object
        storage, as `s3://bucket/name.wav`.
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
    found = [_with_fault(recording) for recording in found]
    _refuse_twins(found)
    return tuple(sorted(found, key=lambda recording: recording.recording))


def list_or_absent(
    source: str, pattern: str
) -> tuple[tuple[Recording, ...], Callable[[], NoReturn] | None]:
    """List the recordings; where that fails none, and a function that raises why.

    A job that needs no recordings, such as their download, can then be done all the same.
    """
    try:
        return list_recordings(source, pattern), None
    except UserError as error:
        return (), partial(refuse, error)


def _of_folder(folder: Path, pattern: re.Pattern) -> list[Recording]:
    return [
        _named(path.stem, path.as_posix(), pattern)
        for path in walk(folder, EXTENSIONS, "recordings.source")
    ]


def walk(folder: Path, endings: tuple[str, ...], what: str) -> Iterator[Path]:
    """Give the files below a folder with one of these endings, in a fixed order.

    Linked folders are searched too, hidden ones not.

    Raises
    ------
    UserError
        That begins with `what`, when folders cannot be read: what is in them is not known.
    """
    seen: set[str] = set()
    failed: list[OSError] = []
    for where, folders, names in os.walk(folder, followlinks=True, onerror=failed.append):
        real = os.path.realpath(where)
        is_loop = real in seen
        seen.add(real)
        folders[:] = [] if is_loop else sorted(n for n in folders if not n.startswith("."))
        for name in [] if is_loop else sorted(names):
            if name.lower().endswith(endings) and not name.startswith("."):
                yield Path(where, name)
    if failed:
        lines = [f"{error.filename}: {error.strerror}" for error in failed]
        raise UserError(
            f"{what}: these folders cannot be read; let them be read, or move them:\n"
            f"{listing(lines)}"
        )


def _of_table(source: str, pattern: re.Pattern) -> list[Recording]:
    if is_remote(source):
        raise UserError(
            f"recordings.source: {source} is in an object storage, which is not searched; "
            "expected a table on this machine (recording, path) with such addresses as paths."
        )
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


def _with_fault(recording: Recording) -> Recording:
    """Set aside a recording whose name no table or job could carry."""
    wrong = sorted(set(_REFUSED.findall(recording.recording + recording.path)))
    if not wrong:
        return recording
    escaped = {
        "recording": _REFUSED.sub(_escape, recording.recording),
        "path": _REFUSED.sub(_escape, recording.path),
        "site": _REFUSED.sub(_escape, recording.site),
    }
    fault = (
        f"has a name or folder with {', '.join(_told(character) for character in wrong)}; rename it"
    )
    return replace(recording, **escaped, fault=fault)


def _escape(match: re.Match) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as Python reads names
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _told(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "a letter that is not UTF-8"
    names = {"\t": "a tab", "\n": "a line break", "\r": "a line break"}
    shown = character if character.isprintable() else "a control character"
    return names.get(character, shown)


def _refuse_twins(found: Iterable[Recording]) -> None:
    first: dict[str, str] = {}
    twins = []
    for recording in found:
        # Accents may be written in two ways that look the same, and annotations name them by one.
        name = composed(recording.recording)
        if name in first:
            twins.append(f"{recording.recording}: {first[name]} and {recording.path}")
        first.setdefault(name, recording.path)
    if twins:
        raise UserError(
            "Two recordings have one id (a file's name without its ending); rename one, or name "
            f"them in a table of recordings:\n{listing(twins)}"
        )
