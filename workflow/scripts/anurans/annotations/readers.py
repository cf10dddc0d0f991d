"""Reads annotations of tables with a header: Raven selections, and tables of other programs."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

from anurans.annotations.text import delimiter, plain, split_separator

NAMES = {
    "table": {
        "recording": "recording fname filename file audio_file soundscape_file sound.files",
        "start": "start min_t start_time start_s start_seconds begin begin_time onset roi_start",
        "end": "end max_t end_time end_s end_seconds offset roi_end",
        "label": "label species annotation roi_label tag code class",
        "fmin": "fmin min_f f_min freq_min low_f low_freq low_frequency roi_min_freq bottom.freq",
        "fmax": "fmax max_f f_max freq_max high_f high_freq high_frequency roi_max_freq top.freq",
    },
    "raven": {
        "recording": "begin_file begin_path",
        "start": "begin_time_(s)",
        "end": "end_time_(s)",
        "label": "annotation annotations species label labels tag tags species_code class",
        "fmin": "low_freq_(hz)",
        "fmax": "high_freq_(hz)",
        "selection": "selection",
        "offset": "file_offset_(s)",
    },
}
COLUMNS = tuple(NAMES["table"])
# monitoraSom and warbleR write these in kHz.
KILOHERTZ = {"roi_min_freq", "roi_max_freq", "bottom.freq", "top.freq"}
EMPTY = ("", "NA")  # R writes NA


def read_table(text, builder, reading, names, columns, resolve, owner) -> None:
    """Read the text of a table into a reading, as `annotation_formats.read_annotations` does.

    `builder` makes annotations of the texts of a row and takes problems, `names` are the usual
    names of each column, `owner` is the recording that the whole file belongs to, or None.
    """
    rows = _rows(text, builder)
    line, header = next(rows, (1, []))
    at = _places(line, header, builder, names, columns, owner)
    if at is None:
        reading.annotations.clear()
        return
    if KILOHERTZ & {plain(header[at[key]]) for key in ("fmin", "fmax") if key in at}:
        builder.to_hertz = lambda kilohertz: round(1000 * kilohertz, 6)
    low, high = at.get("fmin"), at.get("fmax")
    first, last, label = at["start"], at["end"], at["label"]
    offset = None if "start" in columns else at.get("offset")
    selection, seen = at.get("selection"), set()
    owned = _owned(rows, at.get("recording"), builder, reading, resolve, owner)
    for line, name, row, calls in owned:
        start, end, word = row[first], row[last], row[label]
        if name and word in EMPTY and start in EMPTY and end in EMPTY:
            continue
        bottom, top = "" if low is None else row[low], "" if high is None else row[high]
        call = builder.build(line, start, end, word, bottom, top)
        begin = None if offset is None else builder.number(line, row[offset], "File Offset (s)")
        if call is None or (begin is None and offset is not None):
            continue
        if selection is not None and row[selection]:
            # Raven lists a selection once per view and channel.
            twin = name, row[selection], start, end, word
            if twin in seen:
                continue
            seen.add(twin)
        if begin is not None:
            # Raven counts Begin Time through all files of a window, File Offset within the file.
            call = replace(call, start=begin, end=round(begin + call.end - call.start, 9))
        calls.append(call)


def _owned(rows, where, builder, reading, resolve, owner) -> Iterator[tuple]:
    """Yield the rows that belong to a recording, with the list that their annotations go to."""
    known: dict[str, tuple[str, list] | None] = {}
    for line, row in rows:
        name = "" if where is None else row[where].strip()
        if name not in known:
            recording = resolve(name) if name else owner
            if recording is None and name and not owner:
                reading.without_recording.append(name)
            is_ours = recording is not None and owner in (None, recording)
            calls = reading.annotations.setdefault(recording, []) if is_ours else []
            known[name] = (recording, calls) if is_ours else None
        ours = known[name]
        if ours is not None:
            builder.recording, calls = ours
            yield line, name, row, calls
        elif owner or not name:
            builder.recording = builder.owner
            expected = f"{owner}, as the file is named" if owner else "the name of a recording"
            builder.problem(line, f'recording "{name}"', expected)


def _rows(text: str, builder) -> Iterator[tuple[int, list[str]]]:
    """Yield the header and the rows that are as wide, with their line numbers."""
    separator, text = split_separator(text)
    header = next((line for line in text.split("\n") if line.strip()), "")
    separator = separator or delimiter(header)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    line, width = 1, 0
    try:
        for row in reader:
            if row and (row[0].strip() or any(map(str.strip, row))):
                if not width:
                    while not row[-1].strip():
                        row.pop()
                    width = len(row)
                # Spreadsheets may write further empty cells at the end of a row.
                if len(row) != width and (len(row) < width or any(row[width:])):
                    builder.recording = builder.owner
                    builder.problem(line, f"{len(row)} fields", f"{width}, as in the header")
                else:
                    yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        found = f"a quote out of place ({error})"
        builder.problem(line, found, "quotes around whole fields", whole=True)


def _places(line, header, builder, names, columns, owner) -> dict[str, int] | None:
    found, missing = [plain(name) for name in header], []
    places: dict[str, int] = {}
    optional = {"selection", "offset", "fmin", "fmax"} | ({"recording"} if owner else set())
    for key, usual in names.items():
        wanted = [plain(columns[key])] if key in columns else usual.split()
        chosen = next((name for name in wanted if name in found), None)
        if chosen is not None and found.count(chosen) > 1:
            missing.append(f"{key} (one column {chosen}, not {found.count(chosen)})")
        elif chosen is not None:
            places[key] = found.index(chosen)
        elif key not in optional or (key in columns and key != "recording"):
            missing.append(f"{key} ({' or '.join(wanted)})")
    if missing:
        there = f"the columns {', '.join(name.strip() for name in header)}"
        builder.problem(line, there, f"columns for {', '.join(missing)}", whole=True)
        return None
    return places
