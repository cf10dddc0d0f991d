"""Time stretching by a phase vocoder, all frames at once.

What `librosa.effects.time_stretch` does frame by frame, in its order, with NumPy and SciPy alone:
loading librosa and compiling its kernels takes longer than to stretch a minute.
"""

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

N_FFT, HOP = 2048, 512
TURN = 2 * np.pi


def time_stretch(audio: np.ndarray, rate: float) -> np.ndarray:
    """Make audio slower or faster; pitch stays.

    Flanagan & Golden (1966), Bell System Technical Journal 45, as in librosa: magnitudes are
    interpolated between frames, and phases go on as they did in each bin.

    Parameters
    ----------
    audio : np.ndarray [shape=(n,), dtype=float32]
    rate
        Above 1 is faster.

    Returns
    -------
    np.ndarray [shape=(round(n / rate),), dtype=float32]
    """
    if not len(audio):
        return np.empty(0, np.float32)
    window = (0.5 - 0.5 * np.cos(TURN * np.arange(N_FFT) / N_FFT)).astype(np.float32)
    padded = np.pad(audio.astype(np.float32), N_FFT // 2)
    spectrum = scipy.fft.rfft(sliding_window_view(padded, N_FFT)[::HOP] * window)
    steps = np.arange(0, len(spectrum), rate)
    # Two silent frames after the last, which the last steps look at.
    spectrum = np.pad(spectrum, ((0, 2), (0, 0)))
    magnitude, phase = np.abs(spectrum), np.arctan2(spectrum.imag, spectrum.real)
    now = steps.astype(int)
    share = (steps - now)[:, None].astype(np.float32)
    magnitude = (1 - share) * magnitude[now] + share * magnitude[now + 1]
    # Phases add up to millions of radians: in float64, and only their last turn is looked at.
    advance = TURN * HOP / N_FFT * np.arange(spectrum.shape[1])
    turned = (phase[now + 1] - phase[now]) - advance
    turned -= TURN * np.round(turned / TURN)
    turned += advance
    turned = np.roll(turned, 1, axis=0)
    turned[0] = phase[0]
    np.cumsum(turned, axis=0, out=turned)
    np.mod(turned, TURN, out=turned)
    angle = turned.astype(np.float32)
    drawn = np.empty(angle.shape, np.complex64)
    drawn.real, drawn.imag = magnitude * np.cos(angle), magnitude * np.sin(angle)
    return _overlap(scipy.fft.irfft(drawn, N_FFT) * window, window, round(len(audio) / rate))


def _overlap(frames: np.ndarray, window: np.ndarray, length: int) -> np.ndarray:
    """Add frames where they lie, and divide by the windows that lie there."""
    places = N_FFT // HOP
    sound = np.zeros((len(frames) + places - 1, HOP), np.float32)
    weight = np.zeros_like(sound)
    for place in range(places):
        part = slice(place * HOP, (place + 1) * HOP)
        sound[place : place + len(frames)] += frames[:, part]
        weight[place : place + len(frames)] += window[part] ** 2
    weight[weight <= np.finfo(np.float32).tiny] = 1
    found = (sound / weight).ravel()[N_FFT // 2 :][:length]
    return np.pad(found, (0, length - len(found)))
