"""Reads a recording once, to its end, and says whether it can be used.

Who needs its sound takes it from the same reading: what is wrong with it is known at the end.
"""

import hashlib
import stat
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from anurans.recordings.audio import BLOCK, one_channel, raw_blocks, scale_of, sounds
from anurans.recordings.audio_headers import length_fault
from anurans.recordings.clips import count_clips
from anurans.recordings.device_headers import find_device_header
from anurans.recordings.names import Recording
from anurans.recordings.stream_layout import Layout
from anurans.recordings.streams import layout

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
    keeps them. `header_time` is the time that a recorder wrote into the file; empty without one.
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
    header_time: str = ""


def inspect(recording: Recording, length: float, min_last: float, channel: str) -> Inspection:
    """Read a recording once, and say whether it can be used; parameters are those of `Reading`."""
    reading = Reading(recording, length, min_last, channel)
    for _ in reading.blocks():
        pass
    return reading.found


class Reading:
    """A recording that is read once: its sound, and what was found of it.

    Parameters
    ----------
    recording
        The recording.
    length, min_last
        Of its clips, as `count_clips` takes them: a recording without a clip is quarantined.
    channel
        `mix`, `left` or `right`; a recording without that channel is quarantined.

    Attributes
    ----------
    found : Inspection
        Once all blocks were taken.
    sr : int
        Its rate in Hz, once a block was taken.
    """

    found: Inspection
    sr: int = 0

    def __init__(self, recording: Recording, length: float, min_last: float, channel: str) -> None:
        self._recording, self._channel = recording, channel
        self._length, self._min_last = length, min_last

    def blocks(self) -> Iterator[np.ndarray]:
        """Read it to its end.

        Yields
        ------
        np.ndarray [shape=(n,), dtype=float32]
            The sound of the channel, one block after the other; none any more once it is known that
            the recording cannot be used.
        """
        self.found = yield from self._read()

    def _read(self) -> Generator[np.ndarray, None, Inspection]:
        recording, channel = self._recording, self._channel
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
                header = find_device_header(file)
            if header and header.time:
                known["header_time"] = header.time.isoformat(" ")
            found = layout(recording.path)
            wrong_length = wrong_length or found.fault
            heard, announced, samples = _Heard(channel), 0, None
            for sound in sounds(recording.path, found):
                if known.get("sr", sound.samplerate) != sound.samplerate or (
                    known.get("channels", sound.channels) != sound.channels
                ):
                    reason = (
                        "holds streams of several rates or numbers of channels; save each alone"
                    )
                    return Inspection(**known, reason=reason)
                self.sr = sound.samplerate
                known |= {"sr": sound.samplerate, "channels": sound.channels}
                samples = samples or _Samples(sound.samplerate, sound.channels, bool(found.streams))
                for block in raw_blocks(sound):
                    samples.add(block)
                    mono = heard.add(block, sound.samplerate)
                    if mono is not None and not wrong_length:
                        yield mono
                announced += 0 if sound.frames >= UNKNOWN_FRAMES else sound.frames
            if found.md5 and _md5(recording.path, found) != found.md5:
                wrong_length = f"is cut short: {heard.frames} of {found.announced} frames are there"
        except OSError as error:
            return Inspection(**known, reason=f"cannot be opened: {error.strerror}")
        except sf.LibsndfileError as error:
            reason = _REASONS.get(error.error_string, error.error_string).rstrip(".")
            return Inspection(**known, reason=found.fault or f"cannot be decoded: {reason}")
        known |= {
            "duration_s": heard.frames / known["sr"],
            "peak": float(heard.peaks.max(initial=0.0)) if heard.is_finite else 0.0,
        }
        if reason := wrong_length or self._fault(heard, announced, known):
            return Inspection(**known, reason=reason)
        notes = [note, *found.notes, *heard.notes(known["sr"])]
        return Inspection(
            **known,
            status="ok",
            reason="; ".join(filter(None, notes)),
            sound=samples.digest() if samples else "",
        )

    def _fault(self, heard: "_Heard", announced: int, known: dict[str, Any]) -> str:
        """Why what was heard cannot be used; empty where it can."""
        frames, peaks, channel = heard.frames, heard.peaks, self._channel
        duration, peak = known["duration_s"], known["peak"]
        if not heard.is_finite:
            return "holds samples that are no numbers (NaN or infinite)"
        if frames < announced:
            return f"is cut short: {frames} of {announced} frames could be read"
        if not frames:
            return "holds no sound"
        if not count_clips(duration, self._length, self._min_last):
            return f"is shorter than a clip: {duration:.3f} s"
        if channel == "right" and known["channels"] < 2:
            return "has no right channel"
        if not (peak if channel == "mix" else peaks[0 if channel == "left" else 1]):
            return f"is silent{'' if channel == 'mix' else f' in its {channel} channel'}: all zeros"
        if heard.cancels():
            return (
                "is silent once its channels are mixed, which cancel each other; use channel: left "
                "(audio in the config, or the table of recordings)"
            )
        if heard.loudest <= FAINTEST:
            return (
                "is too quiet for 16 bits, which hold nothing of it: its peak is "
                f"{heard.loudest:.3g} of full scale; save it again, louder"
            )
        if peak > LOUDEST:
            return (
                f"holds samples of {peak:.6g} times full scale: not scaled to 1, or damaged; save "
                "it again with samples from -1 to 1"
            )
        return ""


class _Samples:
    """Digest of the samples of a recording: of 16 bits where these hold them, else of floats."""

    def __init__(self, sr: int, channels: int, is_joined: bool) -> None:
        head = f"{sr} {channels}".encode()
        self._short = hashlib.sha256(head + b" 16 bit")
        # Of streams that may keep their samples in different ways, both; of others what is needed.
        self._long = hashlib.sha256(head)
        self._is_short, self._is_joined = True, is_joined

    def add(self, block: np.ndarray) -> None:
        if block.dtype == np.int16 and not self._is_joined:
            self._short.update(block.astype("<i2", copy=False).data)
            return
        block = block * scale_of(block)
        if self._is_short:
            with np.errstate(invalid="ignore", over="ignore"):  # of what is no number
                short = np.clip(block * 32768, -32768, 32767).astype("<i2")
            self._is_short = bool(np.array_equal(short * scale_of(short), block))
            self._short.update(short.data)
        self._long.update(block.astype("<f4", copy=False).data)

    def digest(self) -> str:
        return (self._short if self._is_short else self._long).hexdigest()


class _Heard:
    """What a recording holds, gathered block by block."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.frames, self.peaks, self.is_finite = 0, np.zeros(1), True
        self.loudest = self._power = self._mixed = 0.0
        # Samples since the last that 16 bits do not make a zero; long stretches of these.
        self._since, self._silent, self._first = 0, 0, -1

    def add(self, block: np.ndarray, sr: int) -> np.ndarray | None:
        """Hear a block of `raw_blocks`; gives the sound while the recording can be used."""
        # Channel by channel: NumPy is ten times slower along an axis of two. A maximum keeps NaN.
        columns, scale = np.ascontiguousarray(block.T), float(scale_of(block))
        loudest = [scale * max(float(each.max()), -float(each.min())) for each in columns]
        self.peaks = np.maximum(self.peaks, loudest)
        self.is_finite &= bool(np.isfinite(loudest).all())
        sound = None
        if self.is_finite and (self._channel != "right" or len(columns) > 1):
            sound = one_channel(block, self._channel)
            if self._channel == "mix" and len(columns) > 1:
                floats = columns.astype(np.float32, copy=False)
                power = sum(float(np.dot(each, each)) for each in floats) / len(columns)
                self._mixed += float(np.dot(sound, sound))
                self._power += power * scale**2
            self._listen(sound, sr)
        self.frames += len(block)
        return sound

    def _listen(self, sound: np.ndarray, sr: int) -> None:
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
    for sound in sounds(path, found):
        width = {"PCM_S8": 1, "PCM_16": 2, "PCM_24": 3}.get(sound.subtype, 4)
        while len(block := sound.read(BLOCK, dtype="int32", always_2d=True)):
            raw = block.astype("<i4").reshape(-1, 1).view(np.uint8)
            md5.update(np.ascontiguousarray(raw[:, 4 - width :]).tobytes())
    return md5.digest()
