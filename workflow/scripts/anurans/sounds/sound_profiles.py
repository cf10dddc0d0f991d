"""How loud a recording is, and where its energy lies: what drift is told by."""

from collections.abc import Mapping, Sequence

import numpy as np

BANDS = 16
LOWEST = 100.0  # Hz
FRAMES, FFT = 8, 2048
FLOOR = 1e-10
BAND_COLUMNS = tuple(f"band_{number:02d}" for number in range(1, BANDS + 1))
PROFILE = ("recording", "clips", "level", "distance", "far", *BAND_COLUMNS)


def band_edges(sr: int) -> np.ndarray:
    """Edges of the bands, evenly spaced on a logarithmic axis, in Hz [shape=(BANDS + 1,)]."""
    return np.geomspace(LOWEST, sr / 2, BANDS + 1)


def measure_sound(audio: np.ndarray, sr: int) -> tuple[np.ndarray, np.ndarray]:
    """Measure clips.

    The spectrum is that of a few frames of each, evenly spread: enough to see another microphone
    or place, and cheap.

    Parameters
    ----------
    audio : np.ndarray [shape=(n, samples), dtype=int16]
    sr
        Rate, in Hz.

    Returns
    -------
    levels : np.ndarray [shape=(n,)]
        Root mean square in dB of full scale.
    bands : np.ndarray [shape=(n, BANDS)]
        Mean power in each band, in dB.
    """
    size = min(FFT, audio.shape[1])
    starts = np.linspace(0, audio.shape[1] - size, FRAMES).astype(int)
    frames = np.stack([audio[:, at : at + size] for at in starts], axis=1).astype(np.float32)
    power = np.abs(np.fft.rfft(frames / 32768 * np.hanning(size).astype(np.float32))) ** 2
    place = np.digitize(np.fft.rfftfreq(size, 1 / sr), band_edges(sr)) - 1
    mean = power.mean(axis=1)
    bands = np.stack(
        [
            mean[:, place == number].mean(axis=1) if (place == number).any() else mean[:, 0] * 0
            for number in range(BANDS)
        ],
        axis=1,
    )
    squares = np.stack([np.dot(clip, clip) for clip in audio.astype(np.float32)])
    levels = squares / audio.shape[1] / 32768**2
    return decibels(levels), decibels(bands)


def decibels(power: np.ndarray) -> np.ndarray:
    """Power in dB, with a floor for silence."""
    return 10 * np.log10(np.maximum(power, FLOOR))


def profile(
    recording: str,
    levels: np.ndarray,
    bands: np.ndarray,
    distances: np.ndarray | None = None,
    limit: float | None = None,
) -> dict[str, object]:
    """Sum up the clips of a recording by their medians, as a row of `PROFILE`.

    Parameters
    ----------
    recording
        Its id.
    levels, bands
        From `measure_sound`.
    distances : np.ndarray [shape=(n,)], optional
        To the nearest training clip.
    limit
        Distance beyond which a clip counts as far; None where that is not known, and none does.
    """
    row: dict[str, object] = {"recording": recording, "clips": len(levels)}
    row["level"] = float(np.median(levels))
    if distances is not None:
        far = 0.0 if limit is None else float((distances > limit).mean())
        row |= {"distance": float(np.median(distances)), "far": far}
    return row | dict(zip(BAND_COLUMNS, np.median(bands, axis=0).tolist(), strict=True))


def read_bands(rows: Sequence[Mapping[str, str]]) -> np.ndarray:
    """Bands of rows of `PROFILE` [shape=(n, BANDS)]."""
    values = [[float(row[name]) for name in BAND_COLUMNS] for row in rows]
    return np.array(values).reshape(len(rows), BANDS)
