"""Sound of clips and of their copies, at any rate, from a recording and the table of clips."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from anurans.recordings.audio import Source, read_blocks, read_clips
from anurans.recordings.clips import STRETCHED, ClipTable
from anurans.sounds.stretching import stretch


def read_copies(source: Source, clips: ClipTable, sr: int, length: float) -> Iterator[np.ndarray]:
    """Read the sound of clips of one recording and technique, however long it is.

    Parameters
    ----------
    source
        The recording.
    clips
        Their table: copies stretched in time copy by copy, others in the order of the recording.
        What is masked is not masked yet.
    sr
        Rate to read them at, in Hz.
    length
        Of a clip, in s.

    Yields
    ------
    np.ndarray [shape=(samples,), dtype=int16]
        One after the other; the last of a recording may be padded with zeros.
    """
    if not len(clips):
        return
    if clips.technique[0] == STRETCHED:
        yield from _read_stretched(source, clips, sr, length)
        return
    numbers = _numbers(clips, length)
    cut = enumerate(read_clips(source.path, source.channel, sr, length, numbers[-1] + 1))
    for number, copies in groupby(numbers):
        clip = next(clip for at, clip in cut if at == number)
        for _ in copies:
            yield clip


def _read_stretched(
    source: Source, clips: ClipTable, sr: int, length: float
) -> Iterator[np.ndarray]:
    for copy in np.unique(clips.copy):
        wanted = clips[clips.copy == copy]
        rate = float(wanted.rate[0])
        blocks = read_blocks(source.path, source.channel, sr)
        yield from stretch(blocks, sr, rate, length, _numbers(wanted, length * rate))


def _numbers(clips: ClipTable, step: float) -> list[int]:
    """Numbers of clips from 0, by where they start."""
    return np.rint(clips.source_start / step).astype(int).tolist()
