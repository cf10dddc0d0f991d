"""From a recording to the scores of its clips, in pieces: no sound or image touches the disk.

What reads, resamples, draws and embeds is what training uses, so that a clip gets the score that it
had there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anurans.common.errors import UserError
from anurans.listening.detector import Detector
from anurans.recordings.audio import Resampler, Source, read_blocks, to_int16
from anurans.recordings.clips import TOLERANCE, ClipTable, clips_at, count_clips
from anurans.sounds.sound_profiles import measure_sound
from anurans.sounds.spectrograms import Imager
from anurans.sounds.windows import Windows

# Clips that are drawn and embedded at a time.
BATCH = 24


@dataclass(frozen=True, slots=True)
class Viewer:
    """Embeds clips by their spectrogram images.

    Parameters
    ----------
    imager, embedder
        What draws, and the network.
    sr
        Rate of the sound that is drawn, in Hz.
    own
        Networks of the heads, where they were trained with them.
    """

    imager: Imager
    embedder: Any
    sr: int
    own: Sequence[Any] = ()

    def embed(self, audio: np.ndarray, names: Sequence[str] | np.ndarray) -> np.ndarray:
        """Embed clips [shape=(n, samples), dtype=int16]; gives one row [shape=(n, width)] each."""
        return next(iter(self.embedder.embed([self.imager.images(audio)])))

    def embed_all(
        self, audio: np.ndarray, names: Sequence[str] | np.ndarray
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Embed clips as `embed` does, and by the own network of each head."""
        images = self.imager.images(audio)
        found = [next(iter(each.embed([images]))) for each in (self.embedder, *self.own)]
        return found[0], found[1:]


@dataclass(frozen=True, slots=True)
class Listener:
    """Embeds clips by their sound.

    Parameters
    ----------
    windows, embedder
        What cuts clips into windows, and the network.
    """

    windows: Windows
    embedder: Any

    @property
    def sr(self) -> int:
        """Rate of the sound that the network takes, in Hz."""
        return self.windows.sr

    def embed(self, audio: np.ndarray, names: Sequence[str] | np.ndarray) -> np.ndarray:
        """Embed clips [shape=(n, samples), dtype=int16]; gives [shape=(n, windows, width)]."""
        cut = np.empty((len(audio), len(self.windows.starts), self.windows.samples), np.float32)
        for each, clip, name in zip(cut, audio, names, strict=True):
            each[:] = self.windows.cut(clip, name)
        found = next(iter(self.embedder.embed([cut.reshape(-1, cut.shape[-1])])))
        return found.reshape(*cut.shape[:2], -1)

    def embed_all(
        self, audio: np.ndarray, names: Sequence[str] | np.ndarray
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Embed clips as `embed` does; folds have no networks of their own."""
        return self.embed(audio, names), []


def places(duration: float, length: float, min_last: float, steps: int) -> list[int]:
    """Places of clips, in steps of a clip's length / `steps` from the start of a recording.

    Every `steps`-th is a clip as training cuts them, the last padded as there; those between are
    full.

    Parameters
    ----------
    duration, length, min_last
        As `anurans.recordings.clips.count_clips` takes them.
    steps
        1 without overlap.
    """
    full = int((duration + TOLERANCE - length) * steps / length + TOLERANCE) + 1
    full = full if duration + TOLERANCE >= length else 0
    last = steps * (count_clips(duration, length, min_last) - 1)
    return [*range(full), *([last] if last >= full else [])]


def overlapping_clips(
    recording: str, duration: float, length: float, min_last: float, steps: int
) -> ClipTable:
    """Lay clips over a recording at `places`."""
    starts = [place * length / steps for place in places(duration, length, min_last, steps)]
    return clips_at(recording, starts, duration, length)


def read_windows(
    source: Source, sr: int, length: float, steps: int, at: Sequence[int]
) -> Iterator[np.ndarray]:
    """Read the clips of a recording at `places`, or at some of them, however long it is.

    Yields
    ------
    np.ndarray [shape=(samples,), dtype=int16]
        One clip after the other; the last may be padded with zeros.
    """
    samples = round(length * sr)
    blocks = read_blocks(source.path, source.channel, sr)
    kept, first, more = np.empty(0, np.int16), 0, True
    for number, place in enumerate(at):
        start = place * samples // steps
        while more and first + len(kept) < start + samples:
            block = next(blocks, None)
            if block is None:
                more = False
            else:
                done = min(max(0, start - first), len(kept))
                kept, first = np.concatenate([kept[done:], to_int16(block)]), first + done
        clip = kept[start - first : start - first + samples]
        if len(clip) < samples and (number < len(at) - 1 or not len(clip)):
            raise UserError(
                f"{source.path}: ends before the last of its {len(at)} clips; it has changed while "
                "it was read. Run again."
            )
        yield np.pad(clip, (0, samples - len(clip)))


class Cutter:
    """Cuts a recording into clips while it is read.

    Parameters
    ----------
    sr
        Rate to bring the sound to, in Hz.
    length
        Of a clip, in s.
    steps
        As `places` takes them.
    """

    def __init__(self, sr: int, length: float, steps: int) -> None:
        self._sr, self._samples, self._steps = sr, round(length * sr), steps
        self._resampler: Resampler | None = None
        self._kept, self._first, self._next = np.empty(0, np.int16), 0, 0

    def add(self, block: np.ndarray, sr: int) -> Iterator[tuple[int, np.ndarray]]:
        """Add a block of sound [shape=(n,), dtype=float32] at a rate in Hz.

        Yields
        ------
        place : int
        clip : np.ndarray [shape=(samples,), dtype=int16]
            Of each place that is full now.
        """
        self._resampler = self._resampler or Resampler(sr, self._sr)
        yield from self._full(self._resampler.add(block))

    def end(self, at: Sequence[int]) -> Iterator[tuple[int, np.ndarray]]:
        """Give the clips at the rest of these places; the last may be padded with zeros."""
        if self._resampler is not None:
            yield from self._full(self._resampler.end())
        for place in at:
            if place >= self._next:
                clip = self._clip(place)
                yield place, np.pad(clip, (0, self._samples - len(clip)))

    def _full(self, sound: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        done = self._start(self._next) - self._first
        self._kept = np.concatenate([self._kept[done:], to_int16(sound)])
        self._first += done
        while len(clip := self._clip(self._next)) == self._samples:
            yield self._next, clip
            self._next += 1

    def _start(self, place: int) -> int:
        return place * self._samples // self._steps

    def _clip(self, place: int) -> np.ndarray:
        start = self._start(place) - self._first
        return self._kept[start : start + self._samples]


class Batches:
    """Hands on the clips of a cutter, some at a time.

    Parameters
    ----------
    cutter
        What cuts.
    take
        Called with places [shape=(n,), dtype=int] and clips [shape=(n, samples), dtype=int16].
    """

    def __init__(self, cutter: Cutter, take: Callable[[np.ndarray, np.ndarray], None]) -> None:
        self._cutter, self._take = cutter, take
        self._waiting: list[tuple[int, np.ndarray]] = []

    def add(self, block: np.ndarray, sr: int) -> None:
        """Add a block of sound, as `Cutter.add` takes it."""
        self._put(self._cutter.add(block, sr))

    def end(self, at: Sequence[int]) -> None:
        """Hand on what is left, to the last of the places of all clips."""
        self._put(self._cutter.end(at))
        self._hand_on()

    def _put(self, clips: Iterable[tuple[int, np.ndarray]]) -> None:
        for clip in clips:
            self._waiting.append(clip)
            if len(self._waiting) == BATCH:
                self._hand_on()

    def _hand_on(self) -> None:
        if self._waiting:
            at, clips = zip(*self._waiting, strict=True)
            self._waiting = []
            self._take(np.array(at), np.stack(clips))


def score(
    audio: np.ndarray,
    names: Sequence[str] | np.ndarray,
    detector: Detector,
    embedder: Viewer | Listener,
    dtype: str,
) -> tuple[np.ndarray, np.ndarray]:
    """Score clips.

    Parameters
    ----------
    audio : np.ndarray [shape=(n, samples), dtype=int16]
        Their sound.
    names
        Their ids.
    detector, embedder
        The model, and what embeds for it.
    dtype
        Type of the embeddings that its heads were trained on.

    Returns
    -------
    scores : np.ndarray [shape=(n, species, folds), dtype=float32]
    distances : np.ndarray [shape=(n,)]
        To the nearest training clip.
    """
    embedded, own = embedder.embed_all(audio, names)
    embedded = embedded.astype(dtype)
    if own:
        scores = detector.own_scores([each.astype(dtype) for each in own])
    else:
        scores = detector.scores(embedded)
    return scores, detector.distances(embedded)


def measure(
    source: Source, sr: int, length: float, min_last: float
) -> tuple[np.ndarray, np.ndarray]:
    """Measure how a recording sounds, clip by clip.

    Parameters
    ----------
    source
        The recording.
    sr
        Rate to measure it at, in Hz: the same for all that are compared, whatever a network takes.
    length, min_last
        Of its clips, as `anurans.recordings.clips.count_clips` takes them.

    Returns
    -------
    levels, bands : np.ndarray [shape=(n,)], [shape=(n, BANDS)]
        As `anurans.sounds.sound_profiles.measure_sound` gives them.
    """
    at = places(source.duration_s, length, min_last, 1)
    clips = read_windows(source, sr, length, 1, at)
    parts = [measure_sound(audio, sr) for audio in batched(clips, BATCH)]
    levels, bands = (np.concatenate(of) for of in zip(*parts, strict=True))
    return levels, bands


def batched(clips: Iterable[np.ndarray], size: int) -> Iterator[np.ndarray]:
    """Put clips together, `size` at a time."""
    batch = []
    for clip in clips:
        batch.append(clip)
        if len(batch) == size:
            yield np.stack(batch)
            batch = []
    if batch:
        yield np.stack(batch)
