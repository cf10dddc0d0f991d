"""Reads recordings, in blocks, so that an hour takes no more memory than a minute."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import soundfile as sf
import soxr

from anurans.common.errors import UserError
from anurans.recordings.stream_layout import Layout
from anurans.recordings.streams import StreamFile, layout

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A usable recording: where it lies, the channel to read, its length in s and its digest."""

    recording: str
    path: str
    channel: str
    duration_s: float
    sha256: str


def sources(
    rows: Iterable[Mapping[str, str]],
    recordings: Sequence[str],
    files: Sequence[str],
    channels: Sequence[str],
) -> list[Source]:
    """Join recordings with their rows of `results/recordings/{shard}.tsv`; usable ones only."""
    found = {row["recording"]: row for row in rows}
    return [
        Source(recording, file, channel, float(row["duration_s"]), row["sha256"])
        for recording, file, channel in zip(recordings, files, channels, strict=True)
        if (row := found[recording])["status"] == "ok"
    ]


def provenance(sources: Iterable[Source]) -> dict[str, dict[str, object]]:
    """What a shard says of the recordings that it was made from."""
    return {
        source.recording: {
            "sha256": source.sha256,
            "duration_s": source.duration_s,
            "channel": source.channel,
        }
        for source in sources
    }


def sounds(path: str, found: Layout) -> Iterator[sf.SoundFile]:
    """Open the streams of a recording one after the other."""
    if not found.streams:
        with sf.SoundFile(path) as sound:
            yield sound
    for stream in found.streams:
        with StreamFile(path, stream) as file, sf.SoundFile(file) as sound:
            yield sound


def raw_blocks(sound: sf.SoundFile) -> Iterator[np.ndarray]:
    """Read to the end, in blocks [shape=(n, channels)], int16 of 16-bit samples, else float32.

    `sound.blocks` counts on the frames that the header announces: where fewer can be read it gives
    whatever was in memory as sound.
    """
    frames = max(1, BLOCK // sound.channels)
    kind = "int16" if sound.subtype == "PCM_16" else "float32"
    while len(block := sound.read(frames, dtype=kind, always_2d=True)):
        yield block


def scale_of(block: np.ndarray) -> np.float32:
    """What brings samples of `raw_blocks` to full scale 1; a power of two, which rounds nothing."""
    return np.float32(1 / 32768 if block.dtype == np.int16 else 1)


class Resampler:
    """Brings the sound of one channel from a rate to another, block by block.

    Parameters
    ----------
    before, after
        Rates, in Hz. Where they are equal the sound stays as it is.
    """

    def __init__(self, before: int, after: int) -> None:
        self._stream = None
        if before != after:
            self._stream = soxr.ResampleStream(before, after, 1, dtype="float32", quality="HQ")

    def add(self, block: np.ndarray) -> np.ndarray:
        """Give the sound that a block [shape=(n,), dtype=float32] completes."""
        return block if self._stream is None else self._stream.resample_chunk(block)

    def end(self) -> np.ndarray:
        """Give what is left at the end."""
        nothing = np.empty(0, dtype=np.float32)
        return nothing if self._stream is None else self._stream.resample_chunk(nothing, last=True)


def read_clips(path: str, channel: str, sr: int, length: float, count: int) -> Iterator[np.ndarray]:
    """Read a recording as clips, resampled as a whole.

    Parameters
    ----------
    path
        The file.
    channel
        `mix` (mean of all channels), `left` (the first) or `right` (the second).
    sr
        Sampling rate to bring it to, in Hz, by soxr in high quality.
    length
        Of a clip, in s.
    count
        Number of clips; the last is padded with zeros.

    Yields
    ------
    np.ndarray [shape=(samples,), dtype=int16]
        One clip after the other; values beyond full scale are clipped.
    """
    samples = round(length * sr)
    done, kept = 0, np.empty(0, dtype=np.float32)
    for block in read_blocks(path, channel, sr):
        kept = np.concatenate([kept, block])
        while len(kept) >= samples and done < count:
            yield to_int16(kept[:samples])
            kept, done = kept[samples:], done + 1
    if done < count - 1 or (done < count and not len(kept)):
        raise UserError(
            f"{path}: ends before the last of its {count} clips; it has changed since it was "
            "inspected. Run again."
        )
    if done < count:
        yield to_int16(np.pad(kept, (0, samples - len(kept))))


def to_int16(audio: np.ndarray) -> np.ndarray:
    """Quantise samples in [-1, 1] to 16 bits; those beyond are clipped."""
    scaled = audio * 32768.0
    np.rint(scaled, out=scaled)
    return np.clip(scaled, -32768, 32767, out=scaled).astype(np.int16)


def read_blocks(path: str, channel: str, sr: int) -> Iterator[np.ndarray]:
    """Read a recording in one channel and rate, as `read_clips` takes them.

    Yields
    ------
    np.ndarray [shape=(n,), dtype=float32]
        One block after the other.
    """
    with _unchanged(path):
        resampler = None
        for sound in sounds(path, layout(path)):
            resampler = resampler or Resampler(sound.samplerate, sr)
            for block in raw_blocks(sound):
                yield resampler.add(one_channel(block, channel))
        if resampler is not None:
            yield resampler.end()


@contextmanager
def _unchanged(path: str) -> Iterator[None]:
    """Read a recording that was found good; what fails now has changed, or its disk has."""
    try:
        yield
    except (OSError, sf.LibsndfileError) as error:
        raise UserError(
            f"{path}: cannot be read any more, though it was good when it was inspected: {error}. "
            "Run again."
        ) from None


def one_channel(block: np.ndarray, channel: str) -> np.ndarray:
    """Take a channel of a block of `raw_blocks`, as `read_clips` takes it; float32, 1 is full."""
    if channel != "mix" or block.shape[1] == 1:
        found = block[:, 1 if channel == "right" else 0].astype(np.float32)
    elif block.shape[1] == 2:
        found = block[:, 0].astype(np.float32)
        found += block[:, 1]
        found *= np.float32(0.5)
    else:
        found = (block * scale_of(block)).mean(axis=1)
        return found
    found *= scale_of(block)
    return found
