"""Reads recordings, in blocks, so that an hour takes no more memory than a minute."""

import hashlib
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
import soxr

from anurans.common.errors import UserError
from anurans.recordings.audio_headers import length_fault
from anurans.recordings.clips import count_clips
from anurans.recordings.names import Recording
from anurans.recordings.stream_layout import Layout
from anurans.recordings.streams import StreamFile, layout

BLOCK = 1 << 20
# Times full scale; lossy formats reach 2 or so, samples in other units thousands.
LOUDEST = 10.0
# Half a level of 16 bits: what is not louder becomes zero. Eight levels: hardly anything is left.
FAINTEST, QUIET = 0.5 / 32768, 8 / 32768
# Share of the power of its channels under which a mix is silence; of two unlike ones half is left.
CANCELLED = 1e-4
# What libsndfile gives as the number of frames where a file does not tell.
UNKNOWN_FRAMES = 1 << 62
_REASONS = {
    "Internal error : SF_INFO struct incomplete.": "its header gives no possible rate of sampling"
}


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found when a recording was read to its end.

    `sr` is in Hz, `duration_s` in s, `peak` the largest absolute sample (1 is full scale);
    `status` is `ok` or `quarantined`, and then `reason` says why; of a usable one it says what is
    odd, empty for most. `sha256` is of the file, `sound` of its samples, whatever the format that
    keeps them.
    """

    recording: str
    path: str
    sr: int = 0
    channels: int = 0
    duration_s: float = 0.0
    sha256: str = ""
    peak: float = 0.0
    status: str = "quarantined"
    reason: str = ""
    sound: str = ""


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


def inspect(recording: Recording, length: float, min_last: float, channel: str) -> Inspection:
    """Read a recording once, and say whether it can be used.

    Parameters
    ----------
    recording
        The recording.
    length, min_last
        Of its clips, as `count_clips` takes them: a recording without a clip is quarantined.
    channel
        `mix`, `left` or `right`; a recording without that channel is quarantined.
    """
    known: dict[str, Any] = {"recording": recording.recording, "path": recording.path}
    if recording.fault:
        return Inspection(**known, reason=recording.fault)
    found = Layout()
    try:
        about = Path(recording.path).stat()
        if not stat.S_ISREG(about.st_mode):  # a pipe would be waited for
            return Inspection(**known, reason="is no file")
        if not about.st_size:
            return Inspection(**known, reason="is empty: 0 bytes")
        with Path(recording.path).open("rb") as file:
            known["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
            wrong_length, note = length_fault(file)
        found = layout(recording.path)
        wrong_length = wrong_length or found.fault
        heard, announced, samples = _Heard(channel), 0, None
        for sound in _sounds(recording.path, found):
            if known.get("sr", sound.samplerate) != sound.samplerate or (
                known.get("channels", sound.channels) != sound.channels
            ):
                reason = "holds streams of several rates or numbers of channels; save each alone"
                return Inspection(**known, reason=reason)
            known |= {"sr": sound.samplerate, "channels": sound.channels}
            if samples is None:
                samples = hashlib.sha256(f"{sound.samplerate} {sound.channels}".encode())
            for block in _blocks(sound):
                heard.add(block, sound.samplerate)
                samples.update(block.astype("<f4", copy=False).tobytes())
            announced += 0 if sound.frames >= UNKNOWN_FRAMES else sound.frames
        if found.md5 and _md5(recording.path, found) != found.md5:
            wrong_length = f"is cut short: {heard.frames} of {found.announced} frames are there"
    except OSError as error:
        return Inspection(**known, reason=f"cannot be opened: {error.strerror}")
    except sf.LibsndfileError as error:
        reason = _REASONS.get(error.error_string, error.error_string).rstrip(".")
        return Inspection(**known, reason=found.fault or f"cannot be decoded: {reason}")
    frames, peaks = heard.frames, heard.peaks
    duration, peak = frames / known["sr"], float(peaks.max(initial=0.0))
    known |= {"duration_s": duration, "peak": peak if heard.is_finite else 0.0}
    if wrong_length:
        reason = wrong_length
    elif not heard.is_finite:
        reason = "holds samples that are no numbers (NaN or infinite)"
    elif frames < announced:
        reason = f"is cut short: {frames} of {announced} frames could be read"
    elif not frames:
        reason = "holds no sound"
    elif not count_clips(duration, length, min_last):
        reason = f"is shorter than a clip: {duration:.3f} s"
    elif channel == "right" and known["channels"] < 2:
        reason = "has no right channel"
    elif not (peak if channel == "mix" else peaks[0 if channel == "left" else 1]):
        reason = f"is silent{'' if channel == 'mix' else f' in its {channel} channel'}: all zeros"
    elif heard.cancels():
        reason = (
            "is silent once its channels are mixed, which cancel each other; use channel: left "
            "(audio in the config, or the table of recordings)"
        )
    elif heard.loudest <= FAINTEST:
        reason = (
            f"is too quiet for 16 bits, which hold nothing of it: its peak is {heard.loudest:.3g} "
            "of full scale; save it again, louder"
        )
    elif peak > LOUDEST:
        reason = (
            f"holds samples of {peak:.6g} times full scale: not scaled to 1, or damaged; save it "
            "again with samples from -1 to 1"
        )
    else:
        notes = [note, *found.notes, *heard.notes(known["sr"])]
        return Inspection(
            **known,
            status="ok",
            reason="; ".join(filter(None, notes)),
            sound=samples.hexdigest() if samples else "",
        )
    return Inspection(**known, reason=reason)


class _Heard:
    """What a recording holds, gathered block by block."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.frames, self.peaks, self.is_finite = 0, np.zeros(1), True
        self.loudest = self._power = self._mixed = 0.0
        # Samples since the last that 16 bits do not make a zero; long stretches of these.
        self._since, self._silent, self._first = 0, 0, -1

    def add(self, block: np.ndarray, sr: int) -> None:
        # Channel by channel: NumPy is ten times slower along an axis of two.
        loudest = [max(channel.max(), -channel.min()) for channel in block.T]
        self.peaks = np.maximum(self.peaks, loudest)
        self.is_finite &= bool(np.isfinite(block).all())
        if self.is_finite and (self._channel != "right" or block.shape[1] > 1):
            self._listen(_one_channel(block, self._channel), block, sr)
        self.frames += len(block)

    def _listen(self, sound: np.ndarray, block: np.ndarray, sr: int) -> None:
        if self._channel == "mix" and block.shape[1] > 1:
            self._mixed += float(np.dot(sound, sound))
            self._power += float(np.einsum("ij,ij->", block, block)) / block.shape[1]
        # Loudest samples of each tenth of a second: where there is sound, each is heard.
        step = max(1, min(sr // 10, len(sound)))
        steps = sound[: len(sound) // step * step].reshape(-1, step)
        peaks = np.maximum(steps.max(axis=1), -steps.min(axis=1))
        rest = sound[steps.size - step :]  # the last stretch, with what is left behind it
        peaks[-1] = max(rest.max(), -rest.min())
        self.loudest = max(self.loudest, float(peaks.max()))
        if (peaks > FAINTEST).all():
            first = int(np.argmax(np.abs(sound[:step]) > FAINTEST))
            last = len(sound) - 1 - int(np.argmax(np.abs(rest[::-1]) > FAINTEST))
            edges = [first, last]
        else:
            loud = np.flatnonzero(np.abs(sound) > FAINTEST)
            far = np.flatnonzero(np.diff(loud) > sr)
            edges = [*loud[:1], *np.stack([loud[far], loud[far + 1]], axis=1).flat, *loud[-1:]]
        if not edges:
            self._since += len(sound)
            return
        for begin, end in zip([-self._since - 1, *edges[1:-1:2]], edges[::2], strict=False):
            self._silence(self.frames + begin + 1, self.frames + int(end), sr)
        self._since = len(sound) - 1 - int(edges[-1])

    def _silence(self, begin: int, end: int, sr: int) -> None:
        """Take note of samples that are all silent."""
        if end - begin >= sr:
            self._silent += end - begin
            self._first = begin if self._first < 0 else self._first

    def cancels(self) -> bool:
        """Whether next to nothing is left of the channels once they are mixed."""
        return self._mixed < CANCELLED * self._power

    def notes(self, sr: int) -> Iterator[str]:
        """Sentences about what is quiet in a recording."""
        self._silence(self.frames - self._since, self.frames, sr)
        self._since = 0
        if self._silent:
            yield (
                f"is silent by the digit for {self._silent / sr:.1f} s, first at "
                f"{self._first / sr:.1f} s"
            )
        if self.loudest < QUIET:
            levels = round(self.loudest * 32768)
            yield f"is very quiet: its loudest sample is level {levels} of 32768"


def _md5(path: str, found: Layout) -> bytes:
    """MD5 of the samples of a FLAC, as its header would have it."""
    md5 = hashlib.md5(usedforsecurity=False)
    for sound in _sounds(path, found):
        width = {"PCM_S8": 1, "PCM_16": 2, "PCM_24": 3}.get(sound.subtype, 4)
        while len(block := sound.read(BLOCK, dtype="int32", always_2d=True)):
            raw = block.astype("<i4").reshape(-1, 1).view(np.uint8)
            md5.update(np.ascontiguousarray(raw[:, 4 - width :]).tobytes())
    return md5.digest()


def _sounds(path: str, found: Layout) -> Iterator[sf.SoundFile]:
    """Open the streams of a recording one after the other."""
    if not found.streams:
        with sf.SoundFile(path) as sound:
            yield sound
    for stream in found.streams:
        with StreamFile(path, stream) as file, sf.SoundFile(file) as sound:
            yield sound


def _blocks(sound: sf.SoundFile) -> Iterator[np.ndarray]:
    """Read to the end, in blocks [shape=(n, channels), dtype=float32].

    `sound.blocks` counts on the frames that the header announces: where fewer can be read it gives
    whatever was in memory as sound.
    """
    frames = max(1, BLOCK // sound.channels)
    # NumPy turns 16 bits into the same floats as libsndfile does, ten times faster.
    whole_numbers = sound.subtype == "PCM_16"
    kind = "int16" if whole_numbers else "float32"
    while len(block := sound.read(frames, dtype=kind, always_2d=True)):
        yield block * np.float32(1 / 32768) if whole_numbers else block


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
        sounds = _sounds(path, layout(path))
        stream = None
        for sound in sounds:
            if sound.samplerate != sr and stream is None:
                stream = soxr.ResampleStream(sound.samplerate, sr, 1, dtype="float32", quality="HQ")
            for block in _blocks(sound):
                mono = _one_channel(block, channel)
                yield mono if stream is None else stream.resample_chunk(mono)
        if stream is not None:
            yield stream.resample_chunk(np.empty(0, dtype=np.float32), last=True)


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


def _one_channel(block: np.ndarray, channel: str) -> np.ndarray:
    if channel == "mix" and block.shape[1] == 2:
        return (block[:, 0] + block[:, 1]) * np.float32(0.5)
    if channel == "mix":
        return block.mean(axis=1)
    return np.ascontiguousarray(block[:, 0 if channel == "left" else 1])
