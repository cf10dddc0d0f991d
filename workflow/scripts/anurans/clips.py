"""Where the clips of a recording lie, and the table that says so.

Every shard of clips, spectrograms and embeddings holds such a table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

ORIGINAL = "original"
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
    `rate` is that of time stretching; `masks` are intervals, empty for none.
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
    """
    full = int((duration + TOLERANCE) // length)
    rest = duration - full * length
    return full + (rest > TOLERANCE and rest + TOLERANCE >= min_last * length)


def original_clips(recording: str, duration: float, length: float, min_last: float) -> ClipTable:
    """Lay clips over a recording, end to end from its start.

    Parameters are those of `count_clips`. The id of a clip is the recording's, `_`, and the
    clip's start in ms, in 7 digits.
    """
    starts = np.arange(count_clips(duration, length, min_last)) * length
    return clip_table(
        {
            "clip": f"{recording}_{round(start * 1000):07d}",
            "recording": recording,
            "technique": ORIGINAL,
            "copy": 0,
            "source_start": start,
            "source_end": min(start + length, duration),
            "rate": 1.0,
            "masks": "",
        }
        for start in starts.tolist()
    )


def concatenate(tables: Iterable[ClipTable]) -> ClipTable:
    """Put clip tables one after the other."""
    tables = [clip_table([]), *tables]
    return ClipTable(
        *(np.concatenate([getattr(table, name) for table in tables]) for name in COLUMNS)
    )
