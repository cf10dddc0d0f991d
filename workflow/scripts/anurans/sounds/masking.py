"""Time and frequency masks: which copies a clip gets, where their masks lie, and their images.

After Park et al. (2019), SpecAugment, Interspeech, 2613-2617.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anurans.recordings.clips import (
    ClipTable,
    clip_table,
    copy_id,
    format_intervals,
    parse_intervals,
)


@dataclass(frozen=True, slots=True)
class MaskSettings:
    """The config's `augmentation.time_mask` or `augmentation.frequency_mask`.

    `random`: each of `copies` copies has `masks` masks that do not overlap, each as wide as a
    draw between the two of `width`, shares of the axis. `sweep`: the axis is divided into `copies`
    equal bands, and each copy has one of them masked. `fill` is a grey value from 0 (silence) to
    255, or `mean`, that of the image.
    """

    copies: int = 1
    placement: str = "random"
    masks: int = 2
    width: Sequence[float] = (0.05, 0.15)
    fill: int | str = "mean"


def masked_clips(
    originals: ClipTable, technique: str, settings: MaskSettings, edges: np.ndarray, seed: int
) -> ClipTable:
    """Plan the masked copies of clips.

    Parameters
    ----------
    originals
        The clips.
    technique
        `time_mask` or `frequency_mask`.
    settings
        The settings.
    edges : np.ndarray [shape=(size + 1,)]
        Of the columns, in s, or of the rows, in Hz, of the image; masks begin and end at these.
    seed
        Of the masks. Those of a copy depend on it, the technique, the clip and the number of the
        copy alone.
    """
    return clip_table(
        {
            "clip": copy_id(recording, start, technique, copy),
            "recording": recording,
            "technique": technique,
            "copy": copy,
            "source_start": start,
            "source_end": end,
            "rate": 1.0,
            "masks": format_intervals(
                (edges[first], edges[last])
                for first, last in _pixels(settings, len(edges) - 1, copy, seed, technique, clip)
            ),
        }
        for clip, recording, start, end in zip(
            originals.clip,
            originals.recording,
            originals.source_start.tolist(),
            originals.source_end.tolist(),
            strict=True,
        )
        for copy in range(1, settings.copies + 1)
    )


def _pixels(
    settings: MaskSettings, size: int, copy: int, seed: int, technique: str, clip: str
) -> list[tuple[int, int]]:
    """First and last edge of each mask of a copy, in pixels."""
    if settings.placement == "sweep":
        return [((copy - 1) * size // settings.copies, copy * size // settings.copies)]
    key = hashlib.sha256("\0".join((str(seed), technique, clip, str(copy))).encode()).digest()
    rng = np.random.default_rng(list(key))
    low, high = settings.width
    widths = np.maximum(1, np.rint(rng.uniform(low, high, settings.masks) * size).astype(int))
    # What is left unmasked, dealt at random to the gaps before, between and after the masks.
    cuts = np.sort(rng.integers(0, max(0, size - widths.sum()) + 1, settings.masks))
    firsts = cuts + np.concatenate([[0], np.cumsum(widths)[:-1]])
    return [
        (int(first), int(min(first + width, size)))
        for first, width in zip(firsts, widths, strict=True)
    ]


def mask_images(
    images: np.ndarray, masks: Sequence[str], technique: str, edges: np.ndarray, fill: int | str
) -> np.ndarray:
    """Mask images.

    Parameters
    ----------
    images : np.ndarray [shape=(n, size, size), dtype=uint8]
        Axes are clip, frequency, time.
    masks
        Of each, from the clip table of the copies.
    technique, edges
        As `masked_clips` takes them.
    fill
        Grey value, or `mean`.

    Returns
    -------
    np.ndarray [shape=(n, size, size), dtype=uint8]
        Copies.
    """
    masked = images.copy()
    for image, text in zip(masked, masks, strict=True):
        value = round(float(image.mean())) if fill == "mean" else fill
        for interval in parse_intervals(text):
            first, last = (int(np.abs(edges - edge).argmin()) for edge in interval)
            if technique == "time_mask":
                image[:, first:last] = value
            else:
                image[first:last] = value
    return masked
