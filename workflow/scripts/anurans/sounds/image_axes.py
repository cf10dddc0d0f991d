"""What the pixels of an image stand for: seconds from left to right, Hz from bottom to top."""

import numpy as np

from anurans.sounds.image_sizes import SIZE
from anurans.sounds.mel import fft_frequencies, mel_frequencies


def time_edges(sr: int, samples: int, hop_length: int, size: int = SIZE) -> np.ndarray:
    """Times at the edges of an image's columns.

    Parameters
    ----------
    sr
        Sampling rate, in Hz.
    samples
        Length of a clip, in samples.
    hop_length
        Step of the spectrogram, in samples; its frames are centred on multiples of it.
    size
        Number of columns.

    Returns
    -------
    np.ndarray [shape=(size + 1,)]
        In s from the start of the clip; the first is 0 and the last the clip's length.
    """
    frames = 1 + samples // hop_length
    edges = (np.arange(size + 1) * frames / size - 0.5) * hop_length / sr
    edges[0], edges[-1] = 0.0, samples / sr
    return edges


def frequency_edges(
    scale: str,
    sr: int,
    n_fft: int,
    n_mels: int,
    fmin: float,
    fmax: float | None,
    size: int = SIZE,
) -> np.ndarray:
    """Frequencies at the edges of an image's rows.

    Parameters
    ----------
    scale, n_fft, n_mels, fmin, fmax
        Of the spectrogram.
    sr
        Sampling rate, in Hz.
    size
        Number of rows.

    Returns
    -------
    np.ndarray [shape=(size + 1,)]
        In Hz, lowest first. The outermost rows own what lies beyond them: the first edge is 0 and
        the last half the rate.
    """
    fmax = fmax or sr / 2
    match scale:
        case "mel":
            bands = mel_frequencies(n_mels + 2, fmin, fmax)
        case "log":
            bands = np.geomspace(fmin, fmax, n_mels + 2)
        case _:
            bins = fft_frequencies(sr, n_fft)
            inside = bins[(bins >= fmin) & (bins <= fmax)]
            bands = np.concatenate([[inside[0] - bins[1]], inside, [inside[-1] + bins[1]]])
    # Row r of the image shows the bands from r to r + 1 times their number / size; `bands` has the
    # centre of each, and one more at either end.
    between = np.arange(1, size) * (len(bands) - 2) / size - 0.5
    edges = np.interp(between, np.arange(-1, len(bands) - 1), bands)
    return np.concatenate([[0.0], np.clip(edges, 0.0, sr / 2), [sr / 2]])
