"""Where the clips of a recording lie, and the table that says so.

Every shard of clips, spectrograms and embeddings holds such a table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from anurans.recordings.names import clip_id

ORIGINAL, STRETCHED = "original", "time_stretch"
MASKED = ("time_mask", "frequency_mask")
TECHNIQUES = (ORIGINAL, STRETCHED, *MASKED)
COLUMNS = {
    "clip": str,
    "recording": str,
    "technique": str,
    "copy": int,
    "source_start": float,
    "source_end": float,
    "rate": float,
    "masks": str,
}
# Durations come from counts of samples: a rounding error must not make or lose a clip.
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class ClipTable:
    """Columns of a clip table, one entry per clip.

    `source_start` and `source_end` are in s in the recording, the end at most the recording's;
    `rate` is that of time stretching, above 1 where a copy is faster; `masks` are what was erased,
    as `format_intervals` writes it: s from the start of the clip for the technique `time_mask`, Hz
    for `frequency_mask`, empty for none. `copy` counts the copies of a clip from 1; 0 is none.
    """

    clip: np.ndarray
    recording: np.ndarray
    technique: np.ndarray
    copy: np.ndarray
    source_start: np.ndarray
    source_end: np.ndarray
    rate: np.ndarray
    masks: np.ndarray

    def __len__(self) -> int:
        return len(self.clip)

    def __getitem__(self, rows) -> "ClipTable":
        return ClipTable(*(getattr(self, name)[rows] for name in COLUMNS))

    def rows(self) -> list[dict[str, object]]:
        """Rows as mappings, to be written as a table."""
        columns = {name: getattr(self, name).tolist() for name in COLUMNS}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def clip_table(rows: Iterable[Mapping[str, object]]) -> ClipTable:
    """Build a clip table of rows, whose values may be text."""
    rows = list(rows)
    return ClipTable(
        *(
            np.array([kind(row[name]) for row in rows], dtype=object if kind is str else kind)
            for name, kind in COLUMNS.items()
        )
    )


def count_clips(duration: float, length: float, min_last: float) -> int:
    """Count the clips of a recording.

    Parameters
    ----------
    duration
        Of the recording, in s.
    length
        Of a clip, in s.
    min_last
        Least share of the length that a last clip must have; it is padded with silence.

    Examples
    --------
    >>> count_clips(61.0, length=3.0, min_last=0.5)
    20
    >>> count_clips(61.5, length=3.0, min_last=0.5)
    21
    """
    full = int((duration + TOLERANCE) // length)
    rest = duration - full * length
    return full + (rest > TOLERANCE and rest + TOLERANCE >= min_last * length)


def original_clips(recording: str, duration: float, length: float, min_last: float) -> ClipTable:
    """Lay clips over a recording, end to end from its start.

    Parameters are those of `count_clips`.
    """
    starts = np.arange(count_clips(duration, length, min_last)) * length
    return clips_at(recording, starts.tolist(), duration, length)


def clips_at(recording: str, starts: Iterable[float], duration: float, length: float) -> ClipTable:
    """Lay clips of `length` over a recording, from `starts`; all in s."""
    return clip_table(
        {
            "clip": clip_id(recording, start),
            "recording": recording,
            "technique": ORIGINAL,
            "copy": 0,
            "source_start": start,
            "source_end": min(start + length, duration),
            "rate": 1.0,
            "masks": "",
        }
        for start in starts
    )


def concatenate(tables: Iterable[ClipTable]) -> ClipTable:
    """Put clip tables one after the other."""
    tables = [clip_table([]), *tables]
    return ClipTable(
        *(np.concatenate([getattr(table, name) for table in tables]) for name in COLUMNS)
    )


def windows_of(clips: ClipTable, starts: Sequence[float], length: float) -> ClipTable:
    """Table of the windows of clips, as if each was a clip.

    Parameters
    ----------
    clips
        The clips, original ones or copies.
    starts
        Where windows begin, in s from the start of a clip.
    length
        Of a window, in s.

    Returns
    -------
    ClipTable
        Windows of a clip one after the other, with the clip's id. Of a clip that is shorter than a
        window, the window shows no more than the clip.
    """
    count = len(starts)
    table = clips[np.repeat(np.arange(len(clips)), count)]
    begin = np.tile(np.asarray(starts, dtype=float), len(clips))
    source = table.source_start + begin * table.rate
    end = np.minimum(source + length * table.rate, table.source_end)
    masks = table.masks
    if (table.technique == "time_mask").any():
        within = [
            _within(text, start, length) if technique == "time_mask" else text
            for text, technique, start in zip(
                masks.tolist(), table.technique.tolist(), begin.tolist(), strict=True
            )
        ]
        masks = np.array(within, dtype=object)
    return replace(table, source_start=np.minimum(source, end), source_end=end, masks=masks)


def _within(masks: str, start: float, length: float) -> str:
    """Masks of a clip, in s from the start of a window of it, as far as they lie in it."""
    moved = ((low - start, high - start) for low, high in parse_intervals(masks))
    return format_intervals(
        (max(low, 0.0), min(high, length)) for low, high in moved if low < length and high > 0
    )


def copy_id(recording: str, start: float, technique: str, copy: int) -> str:
    """Id of a copy: that of a clip with its start (s), `~`, and which copy it is."""
    return f"{clip_id(recording, start)}~{technique}{copy}"


def format_intervals(intervals: Iterable[tuple[float, float]]) -> str:
    """Write intervals as text, such as `0.5-1.25;3-4`, in full precision of 6 decimals."""
    return ";".join(f"{low:.6f}-{high:.6f}" for low, high in intervals)


def parse_intervals(text: str) -> tuple[tuple[float, float], ...]:
    """Read intervals that `format_intervals` wrote."""
    pairs = (part.split("-") for part in text.split(";") if part)
    return tuple((float(low), float(high)) for low, high in pairs)
