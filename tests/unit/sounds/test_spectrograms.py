"""Sounds of known frequency show up where they belong."""

import librosa
import numpy as np
import pytest

from anurans.sounds.resolution import bins_between
from anurans.sounds.spectrograms import Imager, SpectrogramSettings, filterbank, resize_matrix

SR, SECONDS = 22050, 2
TIME = np.arange(SR * SECONDS) / SR


def to_int(sound):
    return np.rint(sound * 32767).astype(np.int16)


def tone(frequency, level=0.5):
    return to_int(level * np.sin(2 * np.pi * frequency * TIME))


def noise(level, seed=1):
    return to_int(np.random.default_rng(seed).uniform(-level, level, len(TIME)))


def draw(*clips, size=224, **settings):
    imager = Imager(SpectrogramSettings(**settings), SR, len(TIME), size)
    return imager.images(np.stack(clips))


SILENCE = np.zeros(len(TIME), np.int16)
SCALES = [{"scale": "mel"}, {"scale": "linear"}, {"scale": "log", "fmin": 100.0}]


def slaney_mel(frequency):
    """Mels as librosa counts them: linear below 1 kHz, logarithmic above."""
    above = np.log(np.maximum(frequency, 1000) / 1000) / np.log(6.4)
    return np.minimum(frequency, 1000) * 3 / 200 + 27 * above


def expected_row(frequency, scale, fmin=0.0, size=224, n_mels=128):
    """Row of an image where a tone belongs, by the definition of the scale."""
    if scale == "linear":
        return (frequency / (SR / 1024) + 0.5) / 513 * size - 0.5
    if scale == "mel":
        low, high = slaney_mel(np.array([fmin, SR / 2]))
        share = (slaney_mel(np.array(frequency)) - low) / (high - low)
    else:
        share = np.log(frequency / fmin) / np.log(SR / 2 / fmin)
    band = share * (n_mels + 1) - 1
    return (band + 0.5) / n_mels * size - 0.5


@pytest.mark.parametrize("frequency", [500, 1000, 4000])
@pytest.mark.parametrize("settings", SCALES)
def test_a_tone_peaks_in_its_row(settings, frequency):
    image = draw(tone(frequency), **settings)[0].astype(int)
    row = image[:, 50:-50].sum(axis=1).argmax()
    assert abs(row - expected_row(frequency, **settings)) < 2.5


def test_low_frequencies_come_first_and_time_second():
    late = np.where(TIME >= SECONDS / 2, tone(8000), 0).astype(np.int16)
    image = draw(late)[0]
    row, column = np.unravel_index(image.argmax(), image.shape)
    assert row > 112 and column > 112
    assert image[:, :100].max() < 30


@pytest.mark.parametrize("transform", ["db", "pcen"])
@pytest.mark.parametrize("settings", SCALES)
def test_a_silent_clip_is_black(settings, transform):
    assert not draw(SILENCE, transform=transform, **settings).any()


@pytest.mark.parametrize("transform", ["db", "pcen"])
def test_shape_and_type(transform):
    images = draw(noise(0.5), SILENCE, tone(1000), size=96, transform=transform)
    assert (images.shape, images.dtype) == ((3, 96, 96), np.uint8)


def test_with_ref_max_loudness_does_not_matter():
    # Powers of two, so that rounding to 16 bits does not matter either.
    loud = noise(0.25) // 64 * 64
    images = draw(loud, loud // 16)
    np.testing.assert_array_equal(images[0], images[1])
    assert images.max() == pytest.approx(255, abs=15)


def test_with_a_fixed_ref_loudness_matters():
    loud = noise(0.25) // 64 * 64
    images = draw(loud, loud // 16, ref=1.0, top_db=100).astype(float)
    shown = (images[0] > 100) & (images[0] < 250)
    drop = (images[0] - images[1])[shown] / 255 * 100
    assert np.median(drop) == pytest.approx(20 * np.log10(16), abs=0.4)


def test_top_db_is_the_span_from_black_to_white():
    wide = draw(noise(0.25), top_db=80).astype(float)
    wider = draw(noise(0.25), top_db=160).astype(float)
    shown = wide > 0
    np.testing.assert_allclose((255 - wide[shown]) / 2, 255 - wider[shown], atol=1)


def test_ref_of_a_fixed_image_saturates():
    assert draw(noise(0.5), ref=1e-8).min() == 255


@pytest.mark.parametrize("ref", ["max", 1.0])
def test_pcen_shows_a_call_in_noise(ref):
    call = np.where((TIME > 1) & (TIME < 1.5), tone(3000), 0) + noise(0.02)
    image = draw(call.astype(np.int16), transform="pcen", ref=ref, size=128)[0]
    row = round(expected_row(3000, "mel", size=128))
    band = image[row - 1 : row + 2].astype(float)
    assert band[:, 66:94].mean() > 1.2 * np.delete(band, np.s_[60:100], axis=1).mean()
    assert band[:, 66:94].mean() > 1.2 * image[row + 10 :, 66:94].mean()


@pytest.mark.parametrize("transform", ["db", "pcen"])
@pytest.mark.parametrize("ref", ["max", 0.5])
def test_an_image_does_not_depend_on_its_neighbours(transform, ref):
    sounds = [noise(0.01), tone(1000), SILENCE, noise(0.9, 2)]
    together = draw(*sounds, transform=transform, ref=ref)
    for sound, image in zip(sounds, together, strict=True):
        np.testing.assert_array_equal(draw(sound, transform=transform, ref=ref)[0], image)


def test_frequencies_outside_are_not_shown():
    image = draw(tone(500), fmin=2000.0, fmax=6000.0, ref=1.0)[0]
    assert image[:, 50:-50].max() < 40


@pytest.mark.parametrize("settings", SCALES)
def test_bands_of_the_settings(settings):
    settings = SpectrogramSettings(**{"fmin": 300.0, **settings}, fmax=8000.0)
    bands = filterbank(settings, SR)
    bins = np.arange(513) * SR / 1024
    assert bands.dtype == np.float32
    assert (bands >= 0).all() and (bands.sum(axis=1) > 0).all()
    margin = 2 * SR / 1024
    assert not bands[:, (bins < settings.fmin - margin) | (bins > 8000 + margin)].any()
    centres = bands @ bins / bands.sum(axis=1)
    assert (np.diff(centres) > 0).all()


def test_number_of_bands():
    assert filterbank(SpectrogramSettings(), SR).shape == (128, 513)
    assert filterbank(SpectrogramSettings(scale="log", fmin=50.0, n_mels=64), SR).shape == (64, 513)
    assert filterbank(SpectrogramSettings(scale="linear"), SR).shape == (513, 513)
    linear = filterbank(SpectrogramSettings(scale="linear", fmin=1000.0, fmax=2000.0), SR)
    bins = np.arange(513) * SR / 1024
    assert len(linear) == ((bins >= 1000) & (bins <= 2000)).sum()


@pytest.mark.parametrize("sizes", [(128, 224), (224, 224), (513, 224), (2, 5), (5, 2), (1, 3)])
def test_rows_of_a_resize_sum_to_one(sizes):
    matrix = resize_matrix(*sizes)
    assert matrix.shape == sizes[::-1]
    assert (matrix >= 0).all()
    np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-6)


def test_resizing():
    np.testing.assert_array_equal(resize_matrix(7, 7), np.eye(7))
    np.testing.assert_allclose(resize_matrix(2, 4) @ [0.0, 1.0], [0, 0.25, 0.75, 1], atol=1e-6)
    np.testing.assert_allclose(resize_matrix(100, 10) @ np.ones(100), np.ones(10), atol=1e-6)
    ramp = resize_matrix(224, 50) @ np.arange(224.0)
    assert (np.diff(ramp) > 0).all()
    np.testing.assert_allclose(ramp, 223 - ramp[::-1], atol=1e-3)
    np.testing.assert_allclose(resize_matrix(4, 2) @ [0, 0, 1, 1], [1 / 7, 6 / 7], atol=1e-6)


def test_mel_filters_are_those_of_librosa():
    expected = librosa.filters.mel(sr=SR, n_fft=1024, n_mels=128, fmin=200, fmax=8000)
    found = filterbank(SpectrogramSettings(fmin=200, fmax=8000), SR)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"scale": "linear", "fmin": 1000, "fmax": 5000}, 0.25),
        ({"scale": "log", "fmin": 500, "fmax": 8000}, 0.5),
    ],
)
def test_a_tone_stands_at_its_place_between_fmin_and_fmax(settings, place):
    rows = draw(tone(2000), **settings)[0].mean(axis=1)
    assert rows.argmax() / 224 == pytest.approx(place, abs=0.015)


def test_more_bands_than_a_transform_tells_apart_leave_no_row_black():
    image = draw(noise(0.5), n_fft=256, n_mels=120, hop_length=98)[0]
    assert (image.mean(axis=1) > 128).all()


@pytest.mark.parametrize("fmin, fmax", [(0, 11025), (5000, 5010), (200, 8000), (43.06640625, 86.2)])
def test_frequencies_of_a_linear_scale_are_as_many_as_a_plan_counts(fmin, fmax):
    settings = SpectrogramSettings(n_fft=1024, scale="linear", fmin=fmin, fmax=fmax)
    assert len(filterbank(settings, 22050)) == bins_between(fmin, fmax, 22050, 1024)
