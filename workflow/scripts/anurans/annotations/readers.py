"""Reads annotations of tables with a header: Raven, Kaleidoscope, BirdNET, and other programs'."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from anurans.annotations.rows import Misquoted, Row
from anurans.annotations.text import is_ditto, plain

NAMES = {
    "table": {
        "recording": "recording fname filename file audio_file soundscape_file sound.files in_file "
        "filepath file_name begin_path",
        "start": "start min_t start_time start_s start_seconds begin begin_time onset roi_start "
        "start_(s)",
        "end": "end max_t end_time end_s end_seconds offset roi_end end_(s)",
        "duration": "duration duration_(s) duration_s",
        "label": "label species annotation roi_label tag code class scientific_name common_name",
        "fmin": "fmin min_f f_min freq_min low_f low_freq low_frequency roi_min_freq bottom.freq",
        "fmax": "fmax max_f f_max freq_max high_f high_freq high_frequency roi_max_freq top.freq",
    },
    "raven": {
        "recording": "begin_path begin_file",
        "start": "begin_time_(s)",
        "end": "end_time_(s)",
        "label": "annotation annotations species label labels tag tags species_code class "
        "common_name",
        "fmin": "low_freq_(hz)",
        "fmax": "high_freq_(hz)",
        "selection": "selection",
        "offset": "file_offset_(s)",
    },
    # Its frequencies are in Hz or kHz, as its mode was: only columns of the config are read.
    "kaleidoscope": {
        "recording": "in_file",
        "start": "offset",
        "duration": "duration",
        "indir": "indir",
        "folder": "folder",
        "label": "manual_id manual_id* scientific_name common_name",
    },
}
COLUMNS = ("recording", "start", "end", "duration", "label", "fmin", "fmax")
# monitoraSom and warbleR write these in kHz.
KILOHERTZ = {"roi_min_freq", "roi_max_freq", "bottom.freq", "top.freq"}
EMPTY = ("", "NA")  # R writes NA
# Rows that are neither calls nor mistakes, by what they say.
SILENT, BAND = "nothing heard", "frequencies of a label"
VIEWS, UNNAMED = "the same selection in another view", "no label"


def header_format(cells: Collection[str]) -> str:
    """Tell from the cells of its header whether a table is raven, kaleidoscope or table.

    Examples
    --------
    >>> header_format(["INDIR", "IN FILE", "OFFSET", "DURATION", "MANUAL ID"])
    'kaleidoscope'
    """
    names = {plain(cell) for cell in cells}
    if "begin_time_(s)" in names:
        return "raven"
    return "kaleidoscope" if {"in_file", "offset"} <= names else "table"


def read_table(table, builder, reading, names, columns, resolve, owner) -> None:
    """Read a table into a reading, as `anurans.annotations.formats.read_annotations` does.

    `table` gives rows (`anurans.annotations.rows`), `builder` makes annotations of the texts of a
    row and takes problems, `names` are the usual names of each column, `owner` is the recording
    that the whole file belongs to, or None.
    """
    line, header = 1, []
    try:
        first = table.header()
        line, header = first.line, first.cells
        at, missing = places(header, names, columns, owner)
        if missing:
            there = f"the columns {', '.join(name.strip() for name in header)}"
            builder.problem(line, there, f"columns for {', '.join(missing)}", whole=True)
            reading.annotations.clear()
            return
        if KILOHERTZ & {plain(header[at[key]]) for key in ("fmin", "fmax") if key in at}:
            builder.to_hertz = lambda kilohertz: round(1000 * kilohertz, 6)
        width = len(header)
        rows = _whole(table.rows(width, set(at.values())), width, builder, reading)
        if names is NAMES["raven"] and not owner and "offset" not in at and "start" not in columns:
            rows = iter(kept := list(rows))
            if found := _counts_through(kept, at):
                expected = (
                    "a column File Offset (s) (in Raven: View, Configure Measurements; or, where "
                    "the times are those within each file, annotations.columns: "
                    "{start: Begin Time (s)})"
                )
                builder.problem(line, found, expected, whole=True)
                return
        _read_rows(rows, at, builder, reading, names, columns, resolve, owner)
    except Misquoted as error:
        builder.recording = builder.owner
        found = error.args[1]
        builder.problem(error.args[0], found, "quotes around whole fields", whole=True)


def _read_rows(rows, at, builder, reading, names, columns, resolve, owner) -> None:
    low, high = at.get("fmin"), at.get("fmax")
    first, last, label = at["start"], at.get("end"), at["label"]
    duration = at.get("duration") if last is None else None
    offset = None if "start" in columns else at.get("offset")
    selection, seen = at.get("selection"), set()
    may_lack_label = names is NAMES["kaleidoscope"]
    for line, name, row, recording, calls in _owned(rows, at, builder, reading, resolve, owner):
        start, end, word = row[first], "" if last is None else row[last], row[label]
        said = (start, end, word) if duration is None else (start, row[duration], word)
        if name and start.strip() in EMPTY and all(cell.strip() in EMPTY for cell in said):
            if calls is None:
                calls = reading.annotations.setdefault(recording, [])
            reading.passed[SILENT, recording] += 1
            continue
        if may_lack_label and not word.strip():
            # Kaleidoscope found it, and nobody has said what it is.
            reading.passed[UNNAMED, recording] += 1
            continue
        if calls is None:
            calls = reading.annotations.setdefault(recording, [])
        bottom, top = "" if low is None else row[low], "" if high is None else row[high]
        if duration is not None:
            end = _end(builder, line, start, row[duration])
        call = builder.build(line, start, start if end is None else end, word, bottom, top)
        begin = None if offset is None else builder.number(line, row[offset], "File Offset (s)")
        if call is None or end is None or (begin is None and offset is not None):
            continue
        if selection is not None and row[selection]:
            # Raven lists a selection once per view and channel.
            twin = name, row[selection], start, end, word
            if twin in seen:
                reading.passed[VIEWS, recording] += 1
                continue
            seen.add(twin)
        if begin is not None:
            # Raven counts Begin Time through all files of a window, File Offset within the file.
            call = replace(call, start=begin, end=round(begin + call.end - call.start, 9))
        calls.append(call)


def _end(builder, line: int, start: str, duration: str) -> str | None:
    """End of a call of which a table gives start and duration, as text; None if it has none."""
    length = builder.number(line, duration, "duration")
    try:
        return None if length is None else repr(round(float(start) + length, 9))
    except ValueError:  # which is told when the start is read
        return None


def _counts_through(rows: list[Row], at: Mapping[str, int]) -> str:
    """Say what is found where times of several files may count through all of them.

    Those of the same file would then lie together, apart from all others; where times of two files
    overlap, each counts from the start of its own.
    """
    spans: dict[str, tuple[float, float]] = {}
    for row in rows:
        try:
            start, end = float(row.cells[at["start"]]), float(row.cells[at["end"]])
        except ValueError:
            continue
        name = row.cells[at["recording"]].strip()
        low, high = spans.get(name, (start, end))
        spans[name] = min(low, start), max(high, end)
    ordered = sorted(spans.values())
    if len(ordered) < 2 or any(a[1] > b[0] for a, b in pairwise(ordered)):
        return ""
    return (
        f"{len(ordered)} files and no column File Offset (s): Raven's Begin Time (s) counts "
        "through all files of a window"
    )


def _owned(rows, at, builder, reading, resolve, owner) -> Iterator[tuple]:
    """Yield the rows that belong to a recording: line, name, cells, recording, its annotations.

    The last is None where nothing has been read of the recording yet.
    """
    where = at.get("recording")
    above = [at[key] for key in ("indir", "folder") if key in at]
    known: dict[str, str | None] = {}
    for line, _, row in rows:
        name = "" if where is None else row[where].strip()
        if name and above and not is_ditto(name):
            name = "/".join([*(row[column].strip() for column in above if row[column]), name])
        if name not in known:
            recording = resolve(name) if name else owner
            known[name] = recording if owner in (None, recording) and not is_ditto(name) else None
        ours = known[name]
        if ours is not None:
            builder.recording = ours
            yield line, name, row, ours, reading.annotations.get(ours)
            continue
        builder.recording = builder.owner
        if is_ditto(name):
            found = f"a ditto mark ({name}) for the recording"
            builder.problem(line, found, "its name in each row")
        elif owner or not name:
            expected = f"{owner}, as the file is named" if owner else "the name of a recording"
            builder.problem(line, f'recording "{name}"', expected)
        else:
            reading.without_recording[name] += 1


def _whole(rows: Iterator[Row], width: int, builder, reading) -> Iterator[Row]:
    """Yield the rows that are as wide as the header; of others tell the problem."""
    for row in rows:
        reading.rows += 1
        cells = row[2]
        # Spreadsheets may write further empty cells at the end of a row.
        if len(cells) != width and (len(cells) < width or any(map(str.strip, cells[width:]))):
            builder.recording = builder.owner
            found, expected = f"{len(cells)} fields", f"{width}, as in the header"
            builder.problem(row.line, found, expected, last=row.last)
        else:
            yield row


def places(
    header: list[str],
    names: Mapping[str, str],
    columns: Mapping[str, str],
    owner: str | None,
) -> tuple[dict[str, int], list[str]]:
    """Tell which column holds what, and what has none. No column serves twice.

    Columns that the config names come first; start and end may both be one column there.
    """
    found, missing = [plain(name) for name in header], []
    at: dict[str, int] = {}
    optional = {"selection", "offset", "fmin", "fmax", "duration", "indir", "folder"}
    optional |= {"recording"} if owner else set()
    keys = {**names, **dict.fromkeys(columns, "")}
    for key in sorted(keys, key=lambda key: (key not in columns, list(keys).index(key))):
        wanted = [plain(columns[key])] if key in columns else names[key].split()
        free = [
            name
            for name in wanted
            if name in found and (key in columns or found.index(name) not in at.values())
        ]
        if key == "end" and key not in columns and "duration" in (*columns, *found):
            free = [name for name in free if name != "offset"]
        chosen = next(iter(free), None)
        if chosen is not None and found.count(chosen) > 1:
            missing.append(f"{key} (one column {chosen}, not {found.count(chosen)})")
        elif chosen is not None:
            at[key] = found.index(chosen)
        elif key == "end" and key not in columns:
            continue
        elif key not in optional or (key in columns and key != "recording"):
            missing.append(f"{key} ({' or '.join(wanted)})")
    if "end" not in at and "duration" not in at and "end" not in columns:
        usual = [*names.get("end", "end").split(), *names.get("duration", "").split()]
        missing.append(f"end ({' or '.join(usual)})")
    return at, missing
