"""All events in one table, as Raven and Kaleidoscope read them over many files."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import PurePosixPath

from anurans.common.tables import format_cell
from anurans.recordings.matching import file_name

# Without Begin File, which tells recorders with equal file names not apart.
RAVEN = (
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)"),
    *("Low Freq (Hz)", "High Freq (Hz)", "Begin Path", "File Offset (s)"),
    *("Annotation", "Score", "Probability"),
)
# As BirdNET's tables for it: no MANUAL ID, which is what a person says.
KALEIDOSCOPE = (
    *("INDIR", "FOLDER", "IN FILE", "OFFSET", "DURATION", "AUTO ID", "common_name"),
    *("SCORE", "PROBABILITY"),
)


def media_path(recording: str, path: str) -> str:
    """Name of a recording's file, in the folders of its id and in no other: no machine's path.

    Parameters
    ----------
    recording
        Its id.
    path
        Where it lies, of which the ending alone is kept.

    Examples
    --------
    >>> media_path("marsh/20240121_203000", "/home/ana/cards/marsh/20240121_203000.WAV")
    'marsh/20240121_203000.WAV'
    """
    return file_name(recording, PurePosixPath(path.replace("\\", "/")).suffix)


def recordings_in_order(rows: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Recordings that were listened to, by the names of their files, as Raven opens them."""
    usable = [row for row in rows if row["status"] == "ok"]
    return sorted(usable, key=lambda row: media_path(row["recording"], row["path"]))


def raven_table(
    recordings: Sequence[Mapping[str, str]],
    events: Iterable[Mapping[str, str]],
    fmin: float,
    fmax: float,
) -> str:
    """One selection table over all files.

    `Begin Time (s)` counts through all of them, as Raven does where files are opened as one
    sequence in the order of their names; `File Offset (s)` within each.

    Parameters
    ----------
    recordings
        From `recordings_in_order`, with `duration_s` and `sr`.
    events
        Rows of results/detections/events.csv.
    fmin, fmax
        Of the boxes, in Hz: a clip's score tells no frequency. A network may hear higher than a
        recording goes; its boxes end at half its sampling rate.
    """
    durations = [float(row["duration_s"]) for row in recordings]
    begins = [0.0, *accumulate(durations)]
    place = {row["recording"]: at for at, row in enumerate(recordings)}
    mine = [event for event in events if event["recording"] in place]
    mine.sort(key=lambda e: (place[e["recording"]], float(e["start"]), float(e["end"])))
    text, writer = _writer("\t")
    writer.writerow(RAVEN)
    for number, event in enumerate(mine, start=1):
        at = place[event["recording"]]
        path = media_path(event["recording"], recordings[at]["path"])
        times = (begins[at] + float(event[key]) for key in ("start", "end"))
        row = [number, "Spectrogram 1", 1, *(f"{time:.6f}" for time in times)]
        highest = float(recordings[at]["sr"]) / 2
        row += [f"{min(each, highest):.1f}" for each in (fmin, fmax)] + [path]
        row += [f"{float(event['start']):.6f}", event["species"], event["score"]]
        writer.writerow([*row, event["probability"]])
    return text.getvalue()


def kaleidoscope_table(
    recordings: Sequence[Mapping[str, str]], events: Iterable[Mapping[str, str]]
) -> str:
    """One table for Kaleidoscope: file, offset in it and duration of each event."""
    paths = {row["recording"]: media_path(row["recording"], row["path"]) for row in recordings}
    mine = [event for event in events if event["recording"] in paths]
    mine.sort(key=lambda e: (paths[e["recording"]], float(e["start"]), float(e["end"])))
    text, writer = _writer(",")
    writer.writerow(KALEIDOSCOPE)
    for event in mine:
        path = PurePosixPath(paths[event["recording"]])
        folder = "" if str(path.parent) == "." else str(path.parent)
        start, end = float(event["start"]), float(event["end"])
        row = ["", folder, path.name, f"{start:.6f}", f"{end - start:.6f}"]
        row += [event["species"], event["species"], event["score"], event["probability"]]
        writer.writerow(map(format_cell, row))
    return text.getvalue()


def _writer(delimiter: str):
    text = io.StringIO()
    return text, csv.writer(text, delimiter=delimiter, lineterminator="\n")
