"""Images get their columns from sound and no band is empty, whatever clips and rates."""

import librosa
import numpy as np
import pytest

from anurans.sounds.image_sizes import SIZE, mels
from anurans.sounds.mel import mel_filters
from anurans.sounds.resolution import columns, resolved, stretched

OPEN = {
    "scale": "mel",
    "n_fft": None,
    "hop_length": None,
    "n_mels": None,
    "fmin": 0.0,
    "fmax": None,
}
NUMBERS = ("n_fft", "hop_length", "n_mels")


def numbers(sr, length, **settings):
    found = resolved(OPEN | settings, sr, length)
    return tuple(found[key] for key in NUMBERS)


@pytest.mark.parametrize(
    ("sr", "length", "expected"),
    [
        (22050, 5.0, (1024, 494, 128)),
        (22050, 4.0, (1024, 395, 128)),
        (22050, 3.0, (512, 256, 128)),  # 296 would pass over sound
        (22050, 1.0, (512, 98, 128)),
        (22050, 0.5, (512, 49, 128)),
        (22050, 60.0, (1024, 512, 128)),
        (48000, 5.0, (2048, 1024, 128)),
        (48000, 3.0, (1024, 512, 128)),
        (8000, 5.0, (512, 179, 128)),
        (8000, 0.5, (256, 17, 128)),
        (22050, 0.02, (256, 1, 76)),  # 441 samples hold no transform of 512
    ],
)
def test_numbers_follow_length_and_rate(sr, length, expected):
    assert numbers(sr, length) == expected


@pytest.mark.parametrize("length", [0.05, 0.1, 0.5, 1.0, 2.5, 3.0, 5.0, 7.0, 15.0, 60.0])
@pytest.mark.parametrize("sr", [8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 250000])
def test_no_image_is_stretched_and_no_sound_passed_over(sr, length):
    settings = resolved(OPEN, sr, length)
    assert columns(settings, sr, length) >= SIZE
    assert stretched(settings, sr, length) == ""
    assert settings["hop_length"] <= settings["n_fft"] / 2
    assert settings["n_fft"] <= round(length * sr)
    assert 1 / 65 < settings["n_fft"] / sr < 1 / 15


@pytest.mark.parametrize(
    ("fmin", "fmax"),
    [(0.0, None), (200.0, 8000.0), (0.0, 1000.0), (1000.0, 2000.0), (2500.0, 3500.0)],
)
@pytest.mark.parametrize("n_fft", [64, 256, 512, 1024, None])
@pytest.mark.parametrize("sr", [16000, 22050, 48000])
def test_every_band_has_a_frequency_and_more_would_not_all(sr, n_fft, fmin, fmax):
    n_fft, _, n_mels = numbers(sr, 5.0, n_fft=n_fft, fmin=fmin, fmax=fmax)
    if n_mels > 8:
        bands = librosa.filters.mel(sr=sr, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax)
        assert bands.any(axis=1).all()
        assert n_mels <= n_fft // 2 + 1
    if n_mels < 128:
        # A band wider than a step of the transform cannot miss all its frequencies.
        edges = librosa.mel_frequencies(n_mels + 3, fmin=fmin, fmax=fmax or sr / 2)
        assert edges[2] - edges[0] <= sr / n_fft * (1 + 1e-9)


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_other_scales_have_no_more_bands_than_frequencies(scale):
    assert numbers(22050, 5.0, scale=scale, fmin=50.0) == (1024, 494, 128)
    assert numbers(22050, 5.0, scale=scale, fmin=50.0, n_fft=128) == (128, 64, 65)


def test_numbers_that_are_given_stay_and_others_follow_them():
    assert numbers(22050, 1.0, n_fft=2048, hop_length=494, n_mels=224) == (2048, 494, 224)
    assert numbers(22050, 5.0, n_fft=512) == (512, 256, 128)
    assert numbers(22050, 5.0, hop_length=600) == (1024, 600, 128)
    assert numbers(22050, 1.0, hop_length=600) == (1024, 600, 128)
    assert numbers(22050, 1.0, hop_length=200) == (512, 200, 128)
    assert numbers(22050, 1.0, n_mels=128) == (512, 98, 128)
    assert numbers(22050, 1.0, n_mels=224) == (1024, 98, 224)
    again = resolved(OPEN, 22050, 3.0)
    assert resolved(again, 22050, 1.0) == again
    assert list(again) == list(OPEN)


def test_a_stretched_image_is_told_with_the_number_that_would_not():
    settings = resolved(OPEN | {"hop_length": 494}, 22050, 1.0)
    assert stretched(settings, 22050, 1.0) == (
        "spectrogram.hop_length: 494 gives 45 columns for a clip of 1 s, which are stretched to "
        "the 224 of an image. Leave hop_length out, and it is 98."
    )
    assert stretched(settings, 22050, 5.0) == ""


def test_a_tenth_too_few_columns_is_told_and_less_is_not():
    # 202 columns of 224 are 90.2 %, 201 are 89.7 %.
    assert stretched(OPEN | {"n_fft": 1024, "hop_length": 100}, 22050, 20100 / 22050) == ""
    assert "201 columns" in stretched(
        OPEN | {"n_fft": 1024, "hop_length": 100}, 22050, 20099 / 22050
    )


def test_mels_are_those_of_the_filters():
    frequencies = np.array([0.0, 1.0, 440.0, 999.9, 1000.0, 1000.1, 8000.0, 24000.0])
    found = [mels(each) for each in frequencies]
    np.testing.assert_allclose(found, librosa.hz_to_mel(frequencies), rtol=1e-12)


def test_a_narrow_range_is_seen_in_every_row():
    n_fft, _, n_mels = numbers(22050, 5.0, fmin=2000.0, fmax=2050.0)
    assert n_mels == 8
    assert mel_filters(22050, n_fft, n_mels, 2000.0, 2050.0).any(axis=1).all()
