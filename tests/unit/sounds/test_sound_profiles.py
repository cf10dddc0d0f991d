"""Levels and spectra of sounds that are known."""

import numpy as np
import pytest

from anurans.sounds.sound_profiles import (
    BANDS,
    PROFILE,
    band_edges,
    decibels,
    measure_sound,
    profile,
    read_bands,
)

SR = 22050


def tone(hz, loud, seconds=5.0):
    time = np.arange(round(SR * seconds)) / SR
    return np.rint(loud * 32767 * np.sin(2 * np.pi * hz * time)).astype(np.int16)


def test_the_level_of_a_tone_is_its_root_mean_square():
    levels, _ = measure_sound(np.stack([tone(1000, 1.0), tone(1000, 0.1), tone(1000, 0)]), SR)
    assert levels[:2] == pytest.approx([-3.01, -23.01], abs=0.01)
    assert levels[2] == pytest.approx(-100)


@pytest.mark.parametrize("hz", [150, 700, 3000, 9000])
def test_a_tone_is_in_its_band(hz):
    _, bands = measure_sound(tone(hz, 0.5)[None], SR)
    edges = band_edges(SR)
    assert bands.shape == (1, BANDS)
    assert edges[bands.argmax()] <= hz <= edges[bands.argmax() + 1]


def test_a_short_clip_and_a_low_rate_are_measured_too():
    _, bands = measure_sound(np.ones((2, 300), np.int16), 1000)
    assert np.isfinite(bands).all()


def test_a_recording_is_the_median_of_its_clips():
    levels, bands = np.array([-30.0, -20.0, -90.0]), np.arange(3 * BANDS).reshape(3, BANDS)
    row = profile("REC", levels, bands, np.array([1.0, 2.0, 3.0]), limit=2.5)
    assert (row["level"], row["distance"], row["clips"]) == (-30, 2, 3)
    assert row["far"] == pytest.approx(1 / 3)
    assert set(row) == set(PROFILE)
    assert read_bands([row]).tolist() == [bands[1].tolist()]
    assert read_bands([]).shape == (0, BANDS)
    assert decibels(np.array([1.0, 0.01])).tolist() == [0, -20]
    # Nothing is far where the training clips, all of one recording, tell no limit.
    assert profile("REC", levels, bands, np.array([1.0, 2.0, 3.0]), limit=None)["far"] == 0
