"""Masks in sound take away what they lie on, and leave the rest."""

import numpy as np
import pytest

from anurans.recordings.clips import format_intervals
from anurans.sounds.sound_masks import FADE, joined, mask_bands, mask_times
from anurans.sounds.windows import Windows, faint_noise

SR = 48000
NOISE = faint_noise(1, "a", 5 * SR)
TIME = np.arange(5 * SR) / SR


def tone(frequency, amplitude=0.1):
    return (amplitude * np.sin(2 * np.pi * frequency * TIME)).astype(np.float32)


def decibels(sound):
    """Level of the middle, where no filter meets an end."""
    return 20 * np.log10(np.sqrt((sound[SR:-SR] ** 2).mean()))


def test_a_time_mask_holds_noise_and_leaves_the_rest():
    sound = tone(1000)
    found = mask_times(sound, [(1.0, 2.0)], SR, NOISE)
    fade = round(FADE * SR)
    assert np.array_equal(found[:SR], sound[:SR])
    assert np.array_equal(found[2 * SR :], sound[2 * SR :])
    inside = slice(SR + fade, 2 * SR - fade)
    assert np.array_equal(found[inside], NOISE[inside])
    # No click: neighbours differ no more than those of the tone do.
    assert np.abs(np.diff(found)).max() < 1.2 * np.abs(np.diff(sound)).max()


def test_a_mask_at_either_end_has_no_slope_there():
    found = mask_times(tone(1000), [(0.0, 1.0), (4.0, 5.0)], SR, NOISE)
    assert np.array_equal(found[: SR // 2], NOISE[: SR // 2])
    assert np.array_equal(found[-SR // 2 :], NOISE[-SR // 2 :])


def test_masks_that_touch_are_one():
    assert joined([(3, 4), (1, 2), (2, 3), (6, 7)]) == [(1, 4), (6, 7)]
    parts = mask_times(tone(1000), [(1.0, 2.0), (2.0, 3.0)], SR, NOISE)
    assert np.array_equal(parts, mask_times(tone(1000), [(1.0, 3.0)], SR, NOISE))


@pytest.mark.parametrize("mask", [(1.0, 1.001), (4.999, 5.0), (2.0, 2.0)])
def test_the_shortest_masks_are_masks(mask):
    found = mask_times(tone(1000), [mask], SR, NOISE)
    assert np.isfinite(found).all() and len(found) == 5 * SR


@pytest.mark.parametrize(
    ("mask", "kept", "gone"),
    [
        ((900, 1500), (600, 3000), 1200),
        ((0, 900), (1200, 9000), 500),
        ((6000, 11025), (5500, 200), 8000),
    ],
)
def test_a_frequency_mask_stops_its_band(mask, kept, gone):
    for frequency in kept:
        found = mask_bands(tone(frequency), [mask], SR, NOISE, 11025)
        assert np.abs(found - tone(frequency))[SR:-SR].max() < 1e-3
    assert decibels(mask_bands(tone(gone), [mask], SR, NOISE, 11025)) < -85


def test_a_mask_of_the_highest_row_has_all_that_lies_above():
    """Images end at 11025 Hz, a network at 48 kHz hears up to 24 kHz."""
    sound = tone(17000)
    assert decibels(mask_bands(sound, [(6000, 11025)], SR, NOISE, 11025)) < -85
    assert decibels(mask_bands(sound, [(6000, 11000)], SR, NOISE, 11025)) > -24


def test_several_masks_at_once_and_all_of_it():
    sound = tone(1000) + tone(4000) + tone(8000)
    found = mask_bands(sound, [(7000, 9000), (500, 1500)], SR, NOISE, 11025)
    assert np.abs(found - tone(4000))[SR:-SR].max() < 1e-3
    assert np.array_equal(mask_bands(sound, [(0, 11025)], SR, NOISE, 11025), NOISE)


def test_what_a_network_cannot_hear_needs_no_mask():
    noise = faint_noise(1, "a", 8000)
    sound = np.ones(8000, np.float32)
    assert mask_bands(sound, [(6000, 9000)], 8000, noise, 11025) is sound
    # Its highest frequency lies within the mask.
    high = np.tile(np.array([0.1, -0.1], np.float32), 4000)
    low = mask_bands(high, [(3000, 9000)], 8000, noise, 11025)
    assert np.abs(low[1000:-1000]).max() < 1e-3


def test_windows_are_of_the_masked_clip():
    of = Windows(SR, 3 * SR, 5.0, 1)
    clip = np.rint(tone(1000) * 32768).astype(np.int16)
    masks = format_intervals([(1.5, 3.5)])
    first, second = of.cut(clip, "a", "time_mask", masks)
    assert np.array_equal(first[2 * SR : 3 * SR], NOISE[2 * SR : 3 * SR])
    assert np.array_equal(second[:SR], first[2 * SR :])
    bands = of.cut(clip, "a", "frequency_mask", format_intervals([(500, 2000)]), 11025)
    assert np.abs(bands[0][SR : 2 * SR]).max() < 1e-3
