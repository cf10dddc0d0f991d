"""Masks in sound: what images show as masked, a network that takes sound does not hear.

Where masks lie is planned once, for images and sound (`anurans.sounds.masking`).
"""

from collections.abc import Iterable

import numpy as np

# In s: of the slope at either end of a time mask, and of the filter of a frequency mask. By its
# length a band ends within 5.5 / FILTER, 92 Hz (Blackman's window), and what is stopped is 74 dB
# fainter.
FADE, FILTER = 0.01, 0.06


def mask_times(
    sound: np.ndarray, intervals: Iterable[tuple[float, float]], sr: int, noise: np.ndarray
) -> np.ndarray:
    """Put noise in the place of parts of a sound.

    Parameters
    ----------
    sound : np.ndarray [shape=(n,), dtype=float32]
    intervals
        Begin and end of each part, in s. Sound goes over into noise, and back, within them; at
        either end of the sound it does not.
    sr
        Sampling rate, in Hz.
    noise : np.ndarray [shape=(n,), dtype=float32]

    Returns
    -------
    np.ndarray [shape=(n,), dtype=float32]
    """
    kept = np.ones(len(sound), np.float32)
    for start, end in joined(intervals):
        first, last = round(start * sr), min(round(end * sr), len(sound))
        steps = min(round(FADE * sr), (last - first) // 2)
        falling = np.cos(np.linspace(0, np.pi / 2, steps, dtype=np.float32)) ** 2
        kept[first:last] = 0
        if first > 0:
            kept[first : first + steps] = falling
        if last < len(sound):
            kept[last - steps : last] = falling[::-1]
    return sound * kept + noise * (1 - kept)


def mask_bands(
    sound: np.ndarray,
    intervals: Iterable[tuple[float, float]],
    sr: int,
    noise: np.ndarray,
    top: float,
) -> np.ndarray:
    """Take bands out of a sound, and put noise there.

    Parameters
    ----------
    sound : np.ndarray [shape=(n,), dtype=float32]
    intervals
        Lowest and highest frequency of each band, in Hz.
    sr
        Sampling rate, in Hz.
    noise : np.ndarray [shape=(n,), dtype=float32]
        Of all frequencies.
    top
        Frequency at which images end, in Hz: a band that reaches it has all that lies above, which
        the highest row of an image stands for.

    Returns
    -------
    np.ndarray [shape=(n,), dtype=float32]
        Its phase is kept.
    """
    from scipy.signal import firwin, oaconvolve

    highest = sr / 2
    bands = [
        (low, highest if high >= min(top, highest) else high)
        for low, high in joined(intervals)
        if low < highest
    ]
    edges = [edge for band in bands for edge in band if 0 < edge < highest]
    if not bands:
        return sound
    if not edges:
        return noise
    taps = firwin(
        2 * round(FILTER * sr / 2) + 1,
        edges,
        window="blackman",
        pass_zero=bands[0][0] > 0,
        fs=sr,
    )
    return oaconvolve(sound, taps.astype(np.float32), mode="same") + noise


def joined(intervals: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Sort intervals, and make one of those that touch or overlap."""
    found: list[tuple[float, float]] = []
    for low, high in sorted(intervals):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found
