"""The mel scale as librosa counts it, and the bins of a Fourier transform, without loading it."""

import numpy as np

from anurans.sounds.image_sizes import BREAK, LINEAR, STEP, mels


def mel_frequencies(n_mels: int, fmin: float, fmax: float) -> np.ndarray:
    """Frequencies that lie evenly on the mel scale, as `librosa.mel_frequencies` gives them.

    Returns
    -------
    np.ndarray [shape=(n_mels,), dtype=float64]
        In Hz, from `fmin` to `fmax`.
    """
    even = np.linspace(mels(fmin), mels(fmax), n_mels)
    above = np.maximum(even - BREAK / LINEAR, 0)
    return np.where(above > 0, BREAK * np.exp(STEP * above), even * LINEAR)


def fft_frequencies(sr: int, n_fft: int) -> np.ndarray:
    """Frequencies of the bins of a real Fourier transform, in Hz [shape=(1 + n_fft // 2,)]."""
    return np.fft.rfftfreq(n_fft, 1 / sr)


def mel_filters(sr: int, n_fft: int, n_mels: int, fmin: float, fmax: float) -> np.ndarray:
    """Triangular filters of equal area, as `librosa.filters.mel` makes them.

    A filter so narrow that it lies between two bins is empty in librosa, and a row of the image
    black whatever sounds. Here it takes both bins, by how near they lie, with the same area.

    Returns
    -------
    np.ndarray [shape=(n_mels, 1 + n_fft // 2), dtype=float32]
    """
    edges = mel_frequencies(n_mels + 2, fmin, fmax)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    bins = fft_frequencies(sr, n_fft)
    rise, fall = (bins - low) / (centre - low), (high - bins) / (high - centre)
    weights = np.maximum(0, np.minimum(rise, fall)).astype(np.float32)
    filters = (weights * (2 / (high - low))).astype(np.float32)
    empty = ~filters.any(axis=1)
    width = sr / n_fft
    filters[empty] = np.maximum(0, 1 - np.abs(bins - centre[empty]) / width) / width
    return filters
