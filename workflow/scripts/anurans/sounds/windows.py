"""How clips are covered by the windows of a network that takes sound, and what it is given.

A clip is covered by as few windows as needed, evenly. What is silent by the digit (padding, runs of
zeros, masks) holds the same faint noise on every machine: engines that compute a network differ
by a few hundredths on silence, and by some 1e-5 with such noise.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from anurans.recordings.clips import TOLERANCE, parse_intervals
from anurans.sounds.sound_masks import mask_bands, mask_times

# Root mean square of the noise, in dB of full scale: about one step of 16 bits.
NOISE = -90.0
# Zeros that last less, in s, are part of a sound.
SILENCE = 0.005
COMBINE: dict[str, Callable[..., np.ndarray]] = {"max": np.max, "mean": np.mean}
# Where the embeddings of windows are averaged, and not their scores.
POOLED = "pooled"


def window_starts(length: float, window: float) -> np.ndarray:
    """Lay windows over a clip: the first at its start, the last at its end, the others evenly.

    Parameters
    ----------
    length, window
        Of a clip and of a window, in s.

    Returns
    -------
    np.ndarray [shape=(windows,)]
        In s from the start of the clip. A clip shorter than a window has one, at 0.

    Examples
    --------
    >>> window_starts(5.0, 3.0)
    array([0., 2.])
    """
    count = max(1, math.ceil(length / window - TOLERANCE))
    return np.linspace(0.0, max(0.0, length - window), count)


def combine(scores: np.ndarray, how: str) -> np.ndarray:
    """Make scores of clips of those of their windows.

    Parameters
    ----------
    scores : np.ndarray [shape=(n, windows, ...)]
    how
        `max`, the highest of a clip's windows, or `mean`.

    Returns
    -------
    np.ndarray [shape=(n, ...)]
        Of the same type.
    """
    return COMBINE[how](scores, axis=1).astype(scores.dtype, copy=False)


@dataclass(frozen=True, slots=True)
class Windows:
    """Cuts clips into what a network takes.

    Parameters
    ----------
    sr
        Rate of the network, in Hz.
    samples
        Of a window.
    length
        Of a clip, in s.
    seed
        Of the noise. That of a clip depends on it and on the clip's id alone.
    """

    sr: int
    samples: int
    length: float
    seed: int

    @property
    def window(self) -> float:
        """Length of a window, in s."""
        return self.samples / self.sr

    @property
    def starts(self) -> np.ndarray:
        """Where windows begin [shape=(windows,)], in s from the start of a clip."""
        return window_starts(self.length, self.window)

    def cut(
        self,
        clip: np.ndarray,
        name: str,
        technique: str = "original",
        masks: str = "",
        top: float | None = None,
    ) -> np.ndarray:
        """Cut a clip into windows.

        Parameters
        ----------
        clip : np.ndarray [shape=(n,), dtype=int16]
            Its sound at the network's rate.
        name
            Its id.
        technique, masks
            From the table of clips: what is masked in it.
        top
            Frequency at which images end, in Hz, as `sound_masks.mask_bands` takes it;
            needed for `frequency_mask` alone.

        Returns
        -------
        np.ndarray [shape=(windows, samples), dtype=float32]
            Within [-1, 1].
        """
        padded = np.pad(clip, (0, max(0, self.samples - len(clip))))
        sound = padded.astype(np.float32) / np.float32(32768)
        silent = zero_runs(padded, round(SILENCE * self.sr))
        intervals = parse_intervals(masks)
        if intervals or silent.any():
            noise = faint_noise(self.seed, name, len(sound))
            sound[silent] = noise[silent]
            if technique == "time_mask":
                sound = mask_times(sound, intervals, self.sr, noise)
            elif technique == "frequency_mask":
                if top is None:
                    raise ValueError("top is needed where bands are masked")
                sound = mask_bands(sound, intervals, self.sr, noise, top)
        firsts = np.rint(self.starts * self.sr).astype(int)
        firsts = np.minimum(firsts, len(sound) - self.samples)
        return sliding_window_view(sound, self.samples)[firsts]


def together(clips: Iterable[np.ndarray], size: int) -> Iterator[np.ndarray]:
    """Put windows of clips together, so many at a time or, not to part those of a clip, a few more.

    Parameters
    ----------
    clips
        Arrays [shape=(windows, samples)].
    size
        Number of windows.

    Yields
    ------
    np.ndarray [shape=(n, samples)]
    """
    clips = iter(clips)
    for first in clips:
        more = islice(clips, math.ceil(size / len(first)) - 1)
        yield np.concatenate([first, *more])


def zero_runs(audio: np.ndarray, least: int) -> np.ndarray:
    """Tell which samples lie in a run of zeros.

    Parameters
    ----------
    audio : np.ndarray [shape=(n,)]
    least
        Number of zeros that make a run.

    Returns
    -------
    np.ndarray [shape=(n,), dtype=bool]
    """
    # A run holds four in a row of the samples that lie a quarter of its length apart.
    step, count = max(1, least // 4), min(4, least)
    apart = audio[::step] == 0
    if len(apart) < count or not sliding_window_view(apart, count).all(axis=1).any():
        return np.zeros(len(audio), dtype=bool)
    zero = audio == 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], zero.view(np.int8), [0]])))
    for first, last in edges.reshape(-1, 2).tolist():
        zero[first:last] = last - first >= least
    return zero


def faint_noise(seed: int, name: str, samples: int) -> np.ndarray:
    """Draw the noise of a clip [shape=(samples,), dtype=float32], by its id and a seed."""
    key = hashlib.sha256(f"{seed}\0{name}\0noise".encode()).digest()
    drawn = np.random.default_rng(list(key)).standard_normal(samples, dtype=np.float32)
    return drawn * np.float32(10 ** (NOISE / 20))
