"""How finely an image is drawn where the config leaves it open, and what stretches an image.

Standard library only: read at parse time by every job of a cluster.
"""

import math
from collections.abc import Mapping
from typing import Any

from anurans.sounds.image_sizes import SIZE, mels

# s: length of a transform, 1024 or 512 samples at 22 050 Hz, of clips from LONG on and shorter.
WINDOW, SHORT_WINDOW, LONG = 1024 / 22050, 512 / 22050, 4.0
MOST_BANDS, FEWEST_BANDS = 128, 8
# Share of an image's columns that sound must give.
ENOUGH = 0.9


def resolved(spectrogram: Mapping[str, Any], sr: int, length: float) -> dict[str, Any]:
    """Give the settings of spectrograms a number wherever they hold none.

    `n_fft` is the power of two nearest to 46 ms, of clips shorter than 4 s to 23 ms unless the step
    or bands that are given need more; never longer than a clip. `hop_length` is the longest that
    gives an image all its columns, but at most half of `n_fft`, so that every sound is in two
    transforms: more columns than an image has are averaged. `n_mels` is 128, or, of the scale
    `mel`, as many as have a frequency of the transform in each band. What was measured stands in
    docs/heads.md.

    Parameters
    ----------
    spectrogram
        The config's `spectrogram`, with `n_fft`, `hop_length` and `n_mels`, or None for each.
    sr
        Sampling rate, in Hz.
    length
        Of a clip, in s.

    Returns
    -------
    dict
        The settings, in the same order.
    """
    samples, hop_length = round(length * sr), spectrogram["hop_length"]
    n_fft = spectrogram["n_fft"] or _transform(spectrogram, sr, length)
    numbers = {
        "n_fft": n_fft,
        "hop_length": hop_length or max(1, min(samples // (SIZE - 1), n_fft // 2)),
        "n_mels": spectrogram["n_mels"] or _bands(spectrogram, sr, n_fft),
    }
    return dict(spectrogram) | numbers


def columns(spectrogram: Mapping[str, Any], sr: int, length: float) -> int:
    """Count the columns that the sound of a clip gives; parameters are those of `resolved`."""
    return 1 + round(length * sr) // spectrogram["hop_length"]


def bins_between(fmin: float, fmax: float, sr: int, n_fft: int) -> int:
    """Count the frequencies of a transform from `fmin` to `fmax`, all in Hz, `sr` a rate in Hz."""
    width = sr / n_fft
    return math.floor(fmax / width) - math.ceil(fmin / width) + 1


def stretched(spectrogram: Mapping[str, Any], sr: int, length: float) -> str:
    """Say that images are stretched in time; empty where sound gives nearly all their columns.

    Parameters are those of `resolved`, numbers all of them.
    """
    found, hop = columns(spectrogram, sr, length), spectrogram["hop_length"]
    if found >= ENOUGH * SIZE:
        return ""
    better = resolved({**spectrogram, "hop_length": None}, sr, length)["hop_length"]
    return (
        f"spectrogram.hop_length: {hop} gives {found} columns for a clip of {length:g} s, which "
        f"are stretched to the {SIZE} of an image. Leave hop_length out, and it is {better}."
    )


def _transform(spectrogram: Mapping[str, Any], sr: int, length: float) -> int:
    """Power of two that suits rate and clip, and step and bands where they are given."""
    longest = int(math.log2(max(round(length * sr), 1)))
    short, long = (
        2 ** min(round(math.log2(window * sr)), longest) for window in (SHORT_WINDOW, WINDOW)
    )
    fits = 2 * (spectrogram["hop_length"] or 0) <= short >= 4 * (spectrogram["n_mels"] or 0)
    return short if length < LONG and fits else long


def _bands(spectrogram: Mapping[str, Any], sr: int, n_fft: int) -> int:
    """Most bands of which none lies between two frequencies of the transform.

    The lowest band is the narrowest. A band reaches over two of the steps, even in mel, that the
    range is divided into, one more than there are bands.
    """
    bins = n_fft // 2 + 1
    if spectrogram["scale"] != "mel":
        return min(MOST_BANDS, bins)
    low, high = spectrogram["fmin"], spectrogram["fmax"] or sr / 2
    step = (mels(low + sr / n_fft) - mels(low)) / 2
    resolved = math.ceil((mels(high) - mels(low)) / step) - 2
    return max(FEWEST_BANDS, min(MOST_BANDS, bins, resolved))
