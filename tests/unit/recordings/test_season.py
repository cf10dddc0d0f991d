"""The demo's season: as its truth says, and muffled at its end."""

import numpy as np

from anurans.annotations.formats import Annotation
from anurans.recordings.demo import SAMPLE_RATE
from anurans.recordings.season import LENGTH, muffle, synthesise

CALL = Annotation(5.0, 9.0, "BOAALB", "clear", None, None)


def power(sound, low, high):
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    return spectrum[(hz >= low) & (hz < high)].sum()


def test_a_call_is_where_the_truth_says():
    quiet = synthesise([], "DEMO_20211119_190000", 1)
    sound = synthesise([CALL], "DEMO_20211119_190000", 1)
    assert sound.dtype == np.int16 and len(sound) == LENGTH * SAMPLE_RATE
    changed = np.flatnonzero(sound != quiet) / SAMPLE_RATE
    assert 4.99 < changed.min() < 5.3 and 8.5 < changed.max() < 9.6
    assert np.array_equal(sound, synthesise([CALL], "DEMO_20211119_190000", 1))


def test_a_wet_microphone_takes_the_high_frequencies():
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 1000, SAMPLE_RATE).astype(np.int16)
    wet = muffle(sound, SAMPLE_RATE)
    assert power(wet, 100, 500) > 0.9 * power(sound, 100, 500)
    assert power(wet, 4000, 8000) < 0.01 * power(sound, 4000, 8000)
