"""The mel scale as librosa counts it, and the bins of a Fourier transform, without loading it."""

import numpy as np

# Slaney (1998), Auditory Toolbox: linear below 1 kHz, logarithmic above.
LINEAR, BREAK = 200 / 3, 1000.0  # Hz a mel, and Hz
STEP = np.log(6.4) / 27  # of the logarithm, a mel


def mel_frequencies(n_mels: int, fmin: float, fmax: float) -> np.ndarray:
    """Frequencies that lie evenly on the mel scale, as `librosa.mel_frequencies` gives them.

    Returns
    -------
    np.ndarray [shape=(n_mels,), dtype=float64]
        In Hz, from `fmin` to `fmax`.
    """
    low, high = (
        BREAK / LINEAR + np.log(f / BREAK) / STEP if f >= BREAK else f / LINEAR
        for f in (fmin, fmax)
    )
    mels = np.linspace(low, high, n_mels)
    above = np.maximum(mels - BREAK / LINEAR, 0)
    return np.where(above > 0, BREAK * np.exp(STEP * above), mels * LINEAR)


def fft_frequencies(sr: int, n_fft: int) -> np.ndarray:
    """Frequencies of the bins of a real Fourier transform, in Hz [shape=(1 + n_fft // 2,)]."""
    return np.fft.rfftfreq(n_fft, 1 / sr)


def mel_filters(sr: int, n_fft: int, n_mels: int, fmin: float, fmax: float) -> np.ndarray:
    """Triangular filters of equal area, as `librosa.filters.mel` makes them.

    Returns
    -------
    np.ndarray [shape=(n_mels, 1 + n_fft // 2), dtype=float32]
    """
    edges = mel_frequencies(n_mels + 2, fmin, fmax)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    bins = fft_frequencies(sr, n_fft)
    rise, fall = (bins - low) / (centre - low), (high - bins) / (high - centre)
    weights = np.maximum(0, np.minimum(rise, fall)).astype(np.float32)
    return (weights * (2 / (high - low))).astype(np.float32)
