"""Stretched sound is librosa's."""

import librosa
import numpy as np
import pytest

from anurans.sounds.vocoder import time_stretch

SR = 22050


def sound(seconds=8):
    """Noise, a tone that comes and goes, and one that rises."""
    time = np.arange(SR * seconds) / SR
    noise = np.random.default_rng(1).normal(0, 0.02, len(time))
    calls = 0.2 * np.sin(2 * np.pi * 1000 * time) * (time % 2 < 1)
    return (noise + calls + 0.1 * np.sin(2 * np.pi * (500 + 200 * time) * time)).astype(np.float32)


@pytest.mark.parametrize("rate", [0.5, 0.8, 1.0, 1.25, 2.0])
def test_it_is_what_librosa_gives(rate):
    audio = sound()
    # In float64: in float32 librosa's phases drift.
    expected = librosa.effects.time_stretch(audio.astype(np.float64), rate=rate)
    found = time_stretch(audio, rate)
    assert found.dtype == np.float32 and found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=2e-4)
    assert np.sqrt(np.mean((found - expected) ** 2)) < 2e-5


@pytest.mark.parametrize("samples", [0, 1, 700, 5000])
def test_short_sounds(samples):
    audio = sound()[:samples]
    found = time_stretch(audio, 0.8)
    assert len(found) == round(samples / 0.8) and np.isfinite(found).all()


def test_silence_stays_silent():
    assert not time_stretch(np.zeros(30_000, np.float32), 1.25).any()
