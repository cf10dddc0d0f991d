"""Which recordings there are, what their names tell, and the shard of each.

Read at parse time by every job of a cluster: names only, never audio, standard library only.
"""

import os
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from anurans.common.errors import UserError, listing, refuse
from anurans.common.tables import read_table
from anurans.recordings.name_patterns import (
    RECORDERS,
    Told,
    is_hexadecimal,
    parse_date,
    parse_time,
    read_name,
    split_zone,
)
from anurans.recordings.same_sound import file_key
from anurans.recordings.times import night_of
from anurans.recordings.zones import LOCAL, not_set, to_local

EXTENSIONS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".w64", ".caf")
CHANNELS = ("mix", "left", "right")
# What the ids of a folder's recordings are: file names, or paths below the folder.
BY_NAME, BY_PATH = "name", "path"
# Snakemake reads braces and angle brackets in a path as its own; the others tear lines and tables.
_REFUSED = re.compile(
    r"[{}<>\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording: its id, file and what its name or the table says.

    `channel` is empty where the config's holds. `site`, `date` (YYYY-MM-DD) and `time` (HH:MM:SS),
    in local time, are empty where the name tells none. `fault` says why it cannot even be opened,
    by its name, in which id and file are then written with escapes. `utc` is when it began,
    YYYY-MM-DDTHH:MM:SSZ, and `zone` the time zone of the place, both empty where not known.
    `not_set` is the date that its clock had where that was not set: there is no date then.
    `first` is the first recording of its file, where a table lists several channels of it.
    """

    recording: str
    path: str
    channel: str = ""
    site: str = ""
    date: str = ""
    time: str = ""
    fault: str = ""
    utc: str = ""
    zone: str = ""
    not_set: str = ""
    first: str = ""

    @property
    def night(self) -> str:
        """Night that it begins in, as `anurans.recordings.times.night_of` says."""
        return self.night_at(0.0)

    def night_at(self, seconds: float) -> str:
        """Night that a moment is in, so many s after its beginning."""
        return night_of(self.date, self.time, seconds, self.utc, self.zone)

    @property
    def told(self) -> dict[str, str]:
        """What jobs that look at the calendar are told of it."""
        keys = ("site", "date", "time", "utc", "zone")
        return {key: getattr(self, key) for key in keys}


@dataclass(frozen=True, slots=True)
class Naming:
    """How ids and times of a source are understood.

    Attributes
    ----------
    pattern
        As `anurans.recordings.name_patterns.read_name` takes it.
    id
        `name` or `path`.
    clock
        `local`, or the time zone of times that say none.
    time_zone
        Of the place, empty where it is not known.
    hexadecimal
        Whether other names of the source are times in hexadecimal.
    """

    pattern: str = RECORDERS
    id: str = BY_NAME
    clock: str = LOCAL
    time_zone: str = ""
    hexadecimal: bool = False

    def recording(
        self, id: str, path: str, folder: str, given: Told, channel: str = ""
    ) -> Recording:
        """Recording of an id, with what a table gives of it, and its name tells else.

        `folder` is the first folder below the source.
        """
        told = read_name(id, self.pattern, self.hexadecimal)
        zone = given.zone if given.time else given.zone or told.zone
        date, time = given.date or told.date, given.time or told.time
        clock = zone or ("" if self.clock == LOCAL else self.clock)
        local = to_local(date, time, clock, self.time_zone)
        site = given.site or told.site or folder
        return Recording(id, path, channel, site, *local[:2], "", local[2], self.time_zone)


def shard_of(recording: str, shards: int) -> str:
    """Name of the shard of a recording: crc32 of its id modulo the number of shards."""
    return f"{zlib.crc32(recording.encode()) % shards:04d}"


def clip_id(recording: str, start: float) -> str:
    """Id of a clip: the recording's, `_`, and the clip's start (s) in ms, in 7 digits."""
    return f"{recording}_{round(start * 1000):07d}"


def start_of(clip: str) -> float:
    """Start of a clip of a recording, in s, as its id says it.

    Examples
    --------
    >>> start_of(clip_id("pond_20200101", 65.5))
    65.5
    """
    return int(clip.rpartition("_")[2]) / 1000


def composed(text: str) -> str:
    """Write accents in one way: macOS may give one of a file's name as a character of its own."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_readable(path: str) -> bool:
    """Tell whether there is a file that this user may read."""
    return Path(path).is_file() and os.access(path, os.R_OK)


def is_remote(path: str) -> bool:
    """Tell whether a path is an address in an object storage, such as s3://bucket/name.wav."""
    return "://" in path


def shortened(path: str) -> str:
    """A path without ./ and //, from the folder of the run where it lies below that.

    Another way to write it then makes nothing again.

    Examples
    --------
    >>> shortened("./calls//new/"), shortened(str(Path.cwd() / "calls")), shortened("../calls")
    ('calls/new', 'calls', '../calls')
    """
    return path if is_remote(path) else str(Path(path)).removeprefix(f"{Path.cwd()}/")


def waited_for(
    recordings: Iterable[Recording],
    made: Callable[[str], bool],
    wanted: Callable[[str], bool] = bool,
) -> tuple[Recording, ...]:
    """Recordings that a job can wait for: that can be read, that a rule makes, in a storage.

    Of those alone whose paths are `wanted`.
    """
    return tuple(
        each
        for each in recordings
        if not each.fault
        and wanted(each.path)
        and (is_remote(each.path) or is_readable(each.path) or made(each.path))
    )


def found_at(
    recordings: Iterable[Recording], waited: Iterable[Recording], files: Iterable[str]
) -> list[str]:
    """File of each recording for a job that waited for some: its copy of what is in a storage."""
    copies = {each.recording: str(file) for each, file in zip(waited, files, strict=True)}
    return [copies.get(each.recording, each.path) for each in recordings]


def list_recordings(
    source: str,
    pattern: str = RECORDERS,
    id: str = BY_NAME,
    clock: str = LOCAL,
    time_zone: str | None = None,
) -> tuple[Recording, ...]:
    """List the recordings of a folder, searched recursively, or of a table.

    Parameters
    ----------
    source
        A folder, or a .csv or .tsv table with the columns `recording, path` and optionally
        `channel, site, date, time`. Files of a table need not exist yet, and may lie in an object
        storage, as `s3://bucket/name.wav`.
    pattern
        `recorders`, or a regular expression searched in the id of each recording, with any of the
        groups `site`, `date` (YYYYMMDD or YYYY-MM-DD), `time` (HHMMSS, HH:MM:SS or HHMM) and
        `zone` (Z or an offset).
    id : {"name", "path"}
        What a folder's recordings are called: their file names, or paths below the folder, both
        without the ending.
    clock
        `local`, or the time zone of the times that say none.
    time_zone
        Of the place: what local time is.

    Returns
    -------
    tuple of Recording
        Sorted by id.

    Raises
    ------
    UserError
        When there is none, when two have one id, or when a row of the table is wrong.
    """
    naming = Naming(pattern, id, clock, time_zone or "")
    is_folder = Path(source).is_dir()
    found = _of_folder(Path(source), naming) if is_folder else _of_table(source, naming)
    if not found:
        raise UserError(
            f"recordings.source: no recording in {source}; expected audio files "
            f"({', '.join(EXTENSIONS)}) in a folder, or a table with one row for each."
        )
    found = [_with_fault(recording) for recording in found]
    _refuse_twins(found, is_folder and id == BY_NAME)
    return _with_first(sorted(found, key=lambda recording: recording.recording))


def _with_first(found: Iterable[Recording]) -> tuple[Recording, ...]:
    """Let channels of one file know of each other."""
    of: dict[str, list[Recording]] = {}
    found = tuple(found)
    for each in found:
        of.setdefault(file_key(each.path), []).append(each)
    return tuple(
        replace(each, first=same[0].recording) if len(same := of[file_key(each.path)]) > 1 else each
        for each in found
    )


def list_or_absent(
    source: str, *args: Any, **kwargs: Any
) -> tuple[tuple[Recording, ...], Callable[[], NoReturn] | None]:
    """List the recordings, as `list_recordings` does; where that fails none, and what raises why.

    A job that needs no recordings, such as their download, can then be done all the same.
    """
    try:
        return list_recordings(source, *args, **kwargs), None
    except UserError as error:
        return (), partial(refuse, error)


def _of_folder(folder: Path, naming: Naming) -> list[Recording]:
    root = f"{folder.as_posix()}/" if folder.parts else ""
    paths = list(walk_names(folder, EXTENSIONS, "recordings.source"))
    stems = [path.rpartition("/")[2].rpartition(".")[0] for path in paths]
    naming = replace(naming, hexadecimal=any(map(is_hexadecimal, stems)))
    found = []
    for path, stem in zip(paths, stems, strict=True):
        below = path.removeprefix(root).rpartition("/")[0]
        by_path = naming.id == BY_PATH and below
        id = f"{below}/{stem}" if by_path else stem
        found.append(naming.recording(id, path, below.partition("/")[0], Told()))
    return _without_unset(found)


def _without_unset(found: list[Recording], given: Iterable[str] = ()) -> list[Recording]:
    """Take dates of clocks that were not set away, but those that a table gives."""
    wrong = not_set(each.date for each in found if each.date)
    return [
        replace(each, date="", time="", utc="", not_set=f"{each.date} {each.time}".strip())
        if each.date in wrong and each.recording not in given
        else each
        for each in found
    ]


def walk(folder: Path, endings: tuple[str, ...], what: str) -> Iterator[Path]:
    """Give the files below a folder as `walk_names` gives their names."""
    return map(Path, walk_names(folder, endings, what))


def walk_names(folder: str | Path, endings: tuple[str, ...], what: str) -> Iterator[str]:
    """Give the names of the files below a folder with one of these endings, in a fixed order.

    Linked folders are searched too, hidden ones not.

    Raises
    ------
    UserError
        That begins with `what`, when folders cannot be read: what is in them is not known.
    """
    seen: set[str] = set()
    failed: list[OSError] = []
    for where, folders, names in os.walk(Path(folder), followlinks=True, onerror=failed.append):
        real = os.path.realpath(where)
        is_loop = real in seen
        seen.add(real)
        folders[:] = [] if is_loop else sorted(n for n in folders if not n.startswith("."))
        for name in [] if is_loop else sorted(names):
            if name.lower().endswith(endings) and not name.startswith("."):
                yield f"{where.removesuffix('/')}/{name}".removeprefix("./")
    if failed:
        lines = [f"{error.filename}: {error.strerror}" for error in failed]
        raise UserError(
            f"{what}: these folders cannot be read; change their permissions, or move them:\n"
            f"{listing(lines)}"
        )


def _how_to_fetch(source: str) -> str:
    """What fetches the recordings of a site of AnuraSet, which configs of this project name."""
    site = re.match(r"resources/(inct\d+)/", source)
    return f" `snakemake download_{site[1]}` fetches these (docs/data.md)." if site else ""


def _of_table(source: str, naming: Naming) -> list[Recording]:
    if is_remote(source):
        raise UserError(
            f"recordings.source: {source} is in an object storage, which is not searched; "
            "expected a table on this machine (recording, path) with such addresses as paths."
        )
    if not Path(source).exists():
        raise UserError(
            f"recordings.source: {source} does not exist; expected a folder of recordings or a "
            f"table (recording, path). Paths are relative to the folder you run snakemake in, "
            f"{Path.cwd()}.{_how_to_fetch(source)}"
        )
    if not source.lower().endswith((".csv", ".tsv")):
        raise UserError(f"recordings.source: {source} is neither a folder nor a .csv or .tsv file.")
    rows = read_table(source, needs=("recording", "path"))
    names = [PurePosixPath((row.get("recording") or "").strip()).name for row in rows]
    naming = replace(naming, hexadecimal=any(map(is_hexadecimal, names)))
    found, problems, dated = [], [], set()
    for line, row in enumerate(rows, start=2):
        at = f"{source}, line {line}"
        given = {key: (row.get(key) or "").strip() for key in ("recording", "path", "channel")}
        if given["path"].startswith(("/", "./")):
            given["path"] = shortened(given["path"])
        if not given["recording"] or not given["path"]:
            problems.append(f"{at}: recording and path must not be empty.")
            continue
        if given["channel"] not in ("", *CHANNELS):
            problems.append(
                f"{at}: channel is {given['channel']!r}; expected one of {', '.join(CHANNELS)}."
            )
        try:
            time, zone = split_zone(row.get("time") or "")
            told = Told(
                (row.get("site") or "").strip(),
                parse_date(row.get("date") or ""),
                parse_time(time),
                zone,
            )
        except ValueError as error:
            problems.append(f"{at}: {error}.")
            continue
        folder = given["recording"].rpartition("/")[0].partition("/")[0]
        found.append(
            naming.recording(given["recording"], given["path"], folder, told, given["channel"])
        )
        if told.date:
            dated.add(given["recording"])
    problems += _lost_zeros(source, [row.get("time") or "" for row in rows])
    if problems:
        raise UserError(f"The table of recordings has mistakes:\n{listing(problems)}")
    return _without_unset(found, dated)


def _lost_zeros(source: str, times: list[str]) -> Iterator[str]:
    """A sentence about times of four digits beside those of six, which lost zeros in a spreadsheet.

    001500 becomes 1500, which reads as 15:00.
    """
    digits = {line: text.strip() for line, text in enumerate(times, start=2)}
    lines = {
        size: [line for line, text in digits.items() if text.isdigit() and len(text) == size]
        for size in (4, 6)
    }
    if lines[4] and lines[6]:
        line, other = lines[4][0], lines[6][0]
        yield (
            f"{source}, line {line}: time is {digits[line]!r}, of four digits, but "
            f"{digits[other]!r} in line {other} has six; a spreadsheet may have taken zeros away. "
            "Write all as HH:MM:SS."
        )


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


def _refuse_twins(found: Iterable[Recording], by_name: bool) -> None:
    first: dict[str, str] = {}
    twins = []
    for recording in found:
        # Accents may be written in two ways that look the same, and annotations name them by one.
        name = composed(recording.recording)
        if name in first:
            twins.append(f"{recording.recording}: {first[name]} and {recording.path}")
        first.setdefault(name, recording.path)
    if twins:
        what = "(a file's name without its ending)"
        advice = f"Two recordings have one id {what if by_name else ''}".strip() + "; rename one"
        if by_name:
            advice += (
                ", or, where each recorder has a folder of its own, set `recordings.id: path`, "
                "which makes folders part of the ids"
            )
        raise UserError(f"{advice}, or name them in a table of recordings:\n{listing(twins, 5)}")
