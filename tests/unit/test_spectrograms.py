"""Images of sounds whose spectrogram is known."""

import librosa
import numpy as np
import pytest

from anurans.spectrograms import Imager, SpectrogramSettings, filterbank, resize_matrix

SR, SAMPLES = 22050, 5 * 22050


def image(audio, **settings):
    imager = Imager(SpectrogramSettings(**settings), SR, SAMPLES, 224)
    return imager.images(np.atleast_2d(np.rint(audio * 32767).astype(np.int16)))


def tone(hz, level=0.5):
    return level * np.sin(2 * np.pi * hz * np.arange(SAMPLES) / SR)


@pytest.mark.parametrize("transform", ["db", "pcen"])
def test_a_tone_peaks_in_its_mel_band(transform):
    found = image(tone(1000.0), transform=transform)
    assert found.shape == (1, 224, 224)
    assert found.dtype == np.uint8
    centres = librosa.mel_frequencies(130, fmin=0, fmax=SR / 2)[1:-1]
    band = np.argmin(np.abs(centres - 1000.0))
    assert found[0].mean(axis=1).argmax() == pytest.approx((band + 0.5) * 224 / 128, abs=1.5)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"scale": "linear"}, 2000 / (SR / 2)),
        ({"scale": "linear", "fmin": 1000, "fmax": 5000}, 0.25),
        ({"scale": "log", "fmin": 500, "fmax": 8000}, 0.5),
    ],
)
def test_a_tone_stands_at_its_place_on_the_axis(settings, place):
    found = image(tone(2000.0), **settings)[0].mean(axis=1)
    assert found.argmax() / 224 == pytest.approx(place, abs=0.015)


def test_silence_is_black_and_half_silence_is_half_black():
    assert not image(np.zeros(SAMPLES)).any()
    half = tone(1000.0) * (np.arange(SAMPLES) < SAMPLES // 2)
    found = image(half)[0]
    assert found[:, :100].max() > 250
    assert not found[:, 124:].any()


def test_a_fixed_reference_keeps_loudness_and_max_does_not():
    quiet, loud = tone(1000.0, 0.05), tone(1000.0, 0.5)
    assert abs(int(image(loud).max()) - int(image(quiet).max())) <= 1
    ref = 1000.0
    difference = int(image(loud, ref=ref).max()) - int(image(quiet, ref=ref).max())
    assert difference == pytest.approx(20 / 80 * 255, abs=2)


def test_a_clip_does_not_depend_on_its_neighbours():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, SAMPLES)
    both = image(np.stack([noise, tone(500.0)]))
    assert np.array_equal(both[0], image(noise)[0])


def test_resizing_is_an_average():
    assert np.array_equal(resize_matrix(7, 7), np.eye(7, dtype=np.float32))
    for before, after in ((128, 224), (513, 224)):
        weights = resize_matrix(before, after)
        assert weights.shape == (after, before)
        assert np.allclose(weights.sum(axis=1), 1)
    assert np.allclose(resize_matrix(4, 2) @ [0.0, 0.0, 1.0, 1.0], [1 / 7, 6 / 7])


def test_mel_filters_are_those_of_librosa():
    found = filterbank(SpectrogramSettings(fmin=200, fmax=8000), SR)
    assert np.array_equal(
        found, librosa.filters.mel(sr=SR, n_fft=1024, n_mels=128, fmin=200, fmax=8000)
    )
