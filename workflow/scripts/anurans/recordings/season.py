"""The demo's season: recordings like the demo's, the last of them through a wet microphone."""

from collections.abc import Iterable

import numpy as np

from anurans.recordings.demo import SAMPLE_RATE, synthesise_recording

LENGTH = 30.0  # s
# From this date on the microphone is wet, which muffles it: what drift is shown on.
WET_FROM = "20220310"
CUTOFF, FLOOR = 1200.0, 0.05  # Hz, and what is left of the highest frequencies


def synthesise(annotations: Iterable, recording: str, seed: int) -> np.ndarray:
    """Make the sound of a recording of the season.

    Parameters
    ----------
    annotations
        As `anurans.recordings.demo.synthesise_recording` takes them.
    recording
        Its name, `SITE_YYYYMMDD_HHMMSS`.
    seed
        As there.

    Returns
    -------
    np.ndarray [shape=(n,), dtype=int16]
    """
    sound = synthesise_recording(annotations, recording, "left", seed, duration=LENGTH)[:, 0]
    return muffle(sound, SAMPLE_RATE) if recording.split("_")[1] >= WET_FROM else sound


def muffle(sound: np.ndarray, sr: int) -> np.ndarray:
    """Take away what a wet membrane takes: most of what is above `CUTOFF`."""
    frequency = np.fft.rfftfreq(len(sound), 1 / sr)
    gain = FLOOR + (1 - FLOOR) / (1 + (frequency / CUTOFF) ** 4)
    return np.rint(np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))).astype(np.int16)
