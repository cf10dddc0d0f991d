"""Spectrogram images of clips."""

from dataclasses import dataclass

import librosa
import numpy as np

AMIN = 1e-10


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
        self.bands = filterbank(settings, sr)
        frames = 1 + samples // settings.hop_length
        self.rows = resize_matrix(len(self.bands), size)
        self.columns = resize_matrix(frames, size).T

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
        settings = self.settings
        spectrum = librosa.stft(
            audio.astype(np.float32) / 32768.0,
            n_fft=settings.n_fft,
            hop_length=settings.hop_length,
        )
        drawn = self._db(spectrum) if settings.transform == "db" else self._pcen(spectrum)
        # Interpolation may leave [0, 1] by a rounding error only.
        image = np.clip(self.rows @ drawn @ self.columns, 0.0, 1.0)
        return np.rint(image * 255.0).astype(np.uint8)

    def _db(self, spectrum: np.ndarray) -> np.ndarray:
        power = self.bands @ (spectrum.real**2 + spectrum.imag**2)
        loudest = power.max(axis=(1, 2), keepdims=True)
        ref = loudest if self.settings.ref == "max" else np.float32(self.settings.ref)
        db = 10.0 * np.log10(np.maximum(power, AMIN) / np.maximum(ref, AMIN))
        shown = np.clip(db / self.settings.top_db + 1.0, 0.0, 1.0)
        return np.where(loudest > AMIN, shown, 0.0).astype(np.float32)

    def _pcen(self, spectrum: np.ndarray) -> np.ndarray:
        # librosa's scale for audio in [-1, 1): its defaults expect 32-bit integers.
        energy = self.bands @ np.abs(spectrum) * np.float32(2**31)
        pcen = librosa.pcen(energy, sr=self.sr, hop_length=self.settings.hop_length, axis=-1)
        loudest = pcen.max(axis=(1, 2), keepdims=True)
        ref = loudest if self.settings.ref == "max" else np.float32(self.settings.ref)
        return np.clip(pcen / np.maximum(ref, AMIN), 0.0, 1.0).astype(np.float32)


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
        return librosa.filters.mel(
            sr=sr,
            n_fft=settings.n_fft,
            n_mels=settings.n_mels,
            fmin=settings.fmin,
            fmax=fmax,
            dtype=np.float32,
        )
    bins = librosa.fft_frequencies(sr=sr, n_fft=settings.n_fft)
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
