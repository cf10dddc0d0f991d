"""Time stretching: which copies a recording gets, and their audio."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from anurans.recordings.audio import to_int16
from anurans.recordings.clips import STRETCHED, ClipTable, clip_table, copy_id, count_clips
from anurans.sounds.vocoder import time_stretch

# A piece of a recording that is stretched at once, and what is read on either side of it, so
# that an hour takes no more memory than minutes and no clip has the vocoder's edges; in s.
PIECE, MARGIN = 60.0, 0.5


def stretched_clips(
    recording: str, duration: float, rates: Sequence[float], length: float, min_last: float
) -> ClipTable:
    """Lay clips over the stretched copies of a recording.

    Parameters
    ----------
    recording
        Its id.
    duration
        Of the recording, in s.
    rates
        One copy each; above 1 is faster.
    length, min_last
        Of a clip, as `anurans.recordings.clips.count_clips` takes them, in s of the copy.

    Returns
    -------
    ClipTable
        A clip at time t of a copy shows the recording at t times the rate.
    """
    return clip_table(
        {
            "clip": copy_id(recording, start, STRETCHED, copy),
            "recording": recording,
            "technique": STRETCHED,
            "copy": copy,
            "source_start": start,
            "source_end": min(start + length * rate, duration),
            "rate": rate,
            "masks": "",
        }
        for copy, rate in enumerate(rates, start=1)
        for start in (
            clip * length * rate for clip in range(count_clips(duration / rate, length, min_last))
        )
    )


def left_over(duration: float, rate: float, length: float, min_last: float) -> float:
    """Time of a stretched copy that is in none of its clips, in s of the copy."""
    stretched = duration / rate
    return max(0.0, stretched - count_clips(stretched, length, min_last) * length)


def stretch(
    blocks: Iterable[np.ndarray], sr: int, rate: float, length: float, wanted: Sequence[int]
) -> Iterator[np.ndarray]:
    """Stretch a recording with a phase vocoder, and cut it into clips.

    Parameters
    ----------
    blocks
        The recording, arrays [shape=(n,), dtype=float32] one after the other.
    sr
        Sampling rate, in Hz.
    rate
        Above 1 is faster. Pitch stays.
    length
        Of a clip, in s.
    wanted
        Numbers of the clips to give, from 0, in order; one beyond the end is padded with zeros.

    Yields
    ------
    np.ndarray [shape=(samples,), dtype=int16]
        One clip after the other.
    """
    samples, step = round(length * sr), length * rate * sr
    at_once = max(1, int(PIECE * sr // step))
    margin = round(MARGIN * sr)
    reader = _Reader(blocks)
    for piece, clips in itertools.groupby(wanted, lambda clip: clip // at_once):
        begin = piece * at_once * step
        first = max(0, int(begin) - margin)
        audio = time_stretch(reader.read(first, int(begin + at_once * step) + margin), rate)
        skip = round((begin - first) / rate)
        for clip in clips:
            start = skip + (clip - piece * at_once) * samples
            cut = audio[start : start + samples]
            yield to_int16(np.pad(cut, (0, samples - len(cut))))


class _Reader:
    """Reads a stream of blocks by position, forgetting what lies before the last start."""

    def __init__(self, blocks: Iterable[np.ndarray]) -> None:
        self._blocks = iter(blocks)
        self._kept, self._first = np.empty(0, np.float32), 0

    def read(self, start: int, end: int) -> np.ndarray:
        """Give the samples from `start` to `end`, fewer where the stream ends before."""
        while self._first + len(self._kept) < end:
            block = next(self._blocks, None)
            if block is None:
                break
            self._kept = np.concatenate([self._kept, block])
            gone = min(max(0, start - self._first), len(self._kept))
            self._kept, self._first = self._kept[gone:], self._first + gone
        return self._kept[max(0, start - self._first) : max(0, end - self._first)]
