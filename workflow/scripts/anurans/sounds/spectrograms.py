"""Spectrogram images of clips."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

from anurans.sounds.mel import fft_frequencies, mel_filters

AMIN = 1e-10
# Clips that are drawn at a time, and bands that are summed at a time.
CLIPS, GROUP = 6, 16


@dataclass(frozen=True, slots=True)
class SpectrogramSettings:
    """The config's `spectrogram`, with the parameters of librosa; frequencies in Hz."""

    scale: str = "mel"
    n_fft: int = 1024
    hop_length: int = 494
    n_mels: int = 128
    fmin: float = 0.0
    fmax: float | None = None
    transform: str = "db"
    top_db: float = 80.0
    ref: float | str = "max"


class Imager:
    """Turns audio into images with fixed settings.

    Everything is float32, a block of clips at a time, in buffers that stay: blocks fit the cache,
    and memory that is asked for anew costs as much as the arithmetic.

    Parameters
    ----------
    settings
        The settings.
    sr
        Sampling rate of the audio, in Hz.
    samples
        Length of a clip, in samples.
    size
        Height and width of the images.
    """

    def __init__(self, settings: SpectrogramSettings, sr: int, samples: int, size: int) -> None:
        self.settings, self.sr = settings, sr
        self.frames = 1 + samples // settings.hop_length
        self.bands = filterbank(settings, sr)
        self._groups = band_groups(self.bands)
        # Images count to 255.
        self._rows = resize_matrix(len(self.bands), size) * np.float32(255)
        self._columns = None if self.frames == size else resize_matrix(self.frames, size).T
        # A periodic Hann window; it brings 16-bit samples to [-1, 1) too.
        phase = 2 * np.pi * np.arange(settings.n_fft) / settings.n_fft
        self._window = ((0.5 - 0.5 * np.cos(phase)) / 32768).astype(np.float32)
        shape = (CLIPS, self.frames)
        # Zeros before and after a clip, so that frames are centred.
        self._padded = np.zeros((CLIPS, samples + settings.n_fft), np.float32)
        self._framed = np.empty((*shape, settings.n_fft), np.float32)
        self._power = np.empty((*shape, self.bands.shape[1]), np.float32)
        self._spare = np.empty_like(self._power)
        self._drawn = np.empty((*shape, len(self.bands)), np.float32)
        self._image = np.empty((CLIPS, size, size), np.float32)

    def images(self, audio: np.ndarray) -> np.ndarray:
        """Draw clips.

        Parameters
        ----------
        audio : np.ndarray [shape=(n, samples), dtype=int16]
            Clips.

        Returns
        -------
        np.ndarray [shape=(n, size, size), dtype=uint8]
            Axes are clip, frequency (lowest first), time. A silent clip is black.
        """
        found = np.empty((len(audio), *self._image.shape[1:]), np.uint8)
        for first in range(0, len(audio), CLIPS):
            self._draw(audio[first : first + CLIPS], found[first : first + CLIPS])
        return found

    def _draw(self, audio: np.ndarray, found: np.ndarray) -> None:
        n, before = len(audio), self.settings.n_fft // 2
        padded, framed = self._padded[:n], self._framed[:n]
        padded[:, before : before + audio.shape[1]] = audio
        frames = sliding_window_view(padded, self.settings.n_fft, axis=1)
        np.multiply(frames[:, :: self.settings.hop_length], self._window, out=framed)
        spectrum = scipy.fft.rfft(framed, overwrite_x=True)
        power, spare = self._power[:n], self._spare[:n]
        np.multiply(spectrum.real, spectrum.real, out=power)
        np.multiply(spectrum.imag, spectrum.imag, out=spare)
        power += spare
        drawn = self._drawn[:n]
        if self.settings.transform == "db":
            self._db(self._banded(power, drawn))
        else:
            self._pcen(self._banded(np.sqrt(power, out=power), drawn))
        image = self._image[:n]
        if self._columns is None:
            np.matmul(self._rows, drawn.transpose(0, 2, 1), out=image)
        else:
            np.matmul(self._rows @ drawn.transpose(0, 2, 1), self._columns, out=image)
        # Interpolation may leave [0, 255] by a rounding error only.
        np.rint(image, out=image)
        np.clip(image, 0, 255, out=image)
        found[...] = image

    def _banded(self, spectrum: np.ndarray, out: np.ndarray) -> np.ndarray:
        """Sum bins [shape=(n, frames, bins)] to bands [shape=(n, frames, bands)].

        Each clip by itself: how BLAS rounds depends on how many rows it is given.
        """
        for rows, bins, weights in self._groups:
            out[..., rows] = np.matmul(spectrum[..., bins], weights)
        return out

    def _db(self, power: np.ndarray) -> None:
        """Turn bands of power into [0, 1], in place."""
        np.maximum(power, np.float32(AMIN), out=power)
        loudest = power.max(axis=(1, 2), keepdims=True)
        ref = loudest if self.settings.ref == "max" else np.float32(self.settings.ref)
        # 10 log10(power / ref) / top_db + 1; the natural logarithm is the one that is fast.
        scale = np.float32(10 / np.log(10) / self.settings.top_db)
        np.log(power, out=power)
        power *= scale
        power += 1 - scale * np.log(np.maximum(ref, np.float32(AMIN)))
        np.clip(power, 0, 1, out=power)
        power[(loudest <= np.float32(AMIN)).ravel()] = 0

    def _pcen(self, energy: np.ndarray) -> None:
        """Turn bands of magnitude into [0, 1] by per-channel energy normalisation, in place."""
        import librosa

        # librosa's scale for audio in [-1, 1): its defaults expect 32-bit integers.
        energy *= np.float32(2**31)
        pcen = librosa.pcen(energy, sr=self.sr, hop_length=self.settings.hop_length, axis=-2)
        loudest = pcen.max(axis=(1, 2), keepdims=True)
        ref = loudest if self.settings.ref == "max" else np.float32(self.settings.ref)
        np.clip(pcen / np.maximum(ref, AMIN), 0.0, 1.0, out=energy)


def band_groups(bands: np.ndarray, size: int = GROUP) -> list[tuple[slice, slice, np.ndarray]]:
    """Divide filters into groups of neighbours, which see few of the bins.

    Parameters
    ----------
    bands : np.ndarray [shape=(bands, bins)]

    Returns
    -------
    list of (slice, slice, np.ndarray [shape=(bins, bands)])
        Bands of the group, bins that they see, and their weights.
    """
    groups = []
    for first in range(0, len(bands), size):
        rows = slice(first, first + size)
        seen = np.flatnonzero(bands[rows].any(axis=0))
        bins = slice(seen[0], seen[-1] + 1) if len(seen) else slice(0, 1)
        groups.append((rows, bins, np.ascontiguousarray(bands[rows, bins].T)))
    return groups


def filterbank(settings: SpectrogramSettings, sr: int) -> np.ndarray:
    """Weights that turn a spectrum into the bands of the settings' scale.

    Parameters
    ----------
    settings
        The settings.
    sr
        Sampling rate, in Hz.

    Returns
    -------
    np.ndarray [shape=(bands, 1 + n_fft // 2), dtype=float32]
        For `mel` librosa's filters; for `log` triangles between centres that lie evenly on a
        logarithmic axis; for `linear` the bins from `fmin` to `fmax` themselves.
    """
    fmax = settings.fmax or sr / 2
    if settings.scale == "mel":
        return mel_filters(sr, settings.n_fft, settings.n_mels, settings.fmin, fmax)
    bins = fft_frequencies(sr, settings.n_fft)
    if settings.scale == "linear":
        return np.eye(len(bins), dtype=np.float32)[(bins >= settings.fmin) & (bins <= fmax)]
    edges = np.geomspace(settings.fmin, fmax, settings.n_mels + 2)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    # At least one bin wide to either side, so that low bands interpolate between bins.
    width = sr / settings.n_fft
    rise = (bins - centre) / np.maximum(centre - low, width) + 1
    fall = (centre - bins) / np.maximum(high - centre, width) + 1
    weights = np.clip(np.minimum(rise, fall), 0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def resize_matrix(before: int, after: int) -> np.ndarray:
    """Weights of linear interpolation along one axis, averaging where it shrinks.

    Parameters
    ----------
    before, after
        Numbers of points.

    Returns
    -------
    np.ndarray [shape=(after, before), dtype=float32]
        Rows sum to 1; the identity where `before` equals `after`.
    """
    scale = before / after
    centre = (np.arange(after)[:, None] + 0.5) * scale - 0.5
    distance = np.abs(np.arange(before)[None, :] - centre) / max(scale, 1.0)
    weights = np.clip(1.0 - distance, 0.0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
