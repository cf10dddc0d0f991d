"""Recordings of known sound, read as they are and when they are broken."""

import hashlib

import numpy as np
import pytest
import soundfile as sf

from anurans import audio
from anurans.audio import inspect, read_clips, to_int16
from anurans.recordings import Recording

SR = 22050


def tone(frequency, seconds, sr=SR, level=0.5):
    return level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * sr)) / sr)


def noise(seconds, channels=1, sr=SR):
    shape = (round(seconds * sr), channels)
    return np.random.default_rng(1).uniform(-0.5, 0.5, shape).astype(np.float32)


@pytest.fixture
def wav(tmp_path):
    """Give a function that writes a sound and returns its path."""

    def write(sound, sr=SR, subtype="PCM_16", name="a.wav"):
        sf.write(tmp_path / name, sound, sr, subtype=subtype)
        return tmp_path / name

    return write


def look(path, channel="mix", length=5.0, min_last=0.5):
    return inspect(Recording("A", str(path)), length, min_last, channel)


def clips(path, channel="mix", sr=SR, length=1.0, count=1):
    return np.stack(list(read_clips(str(path), channel, sr, length, count)))


def test_a_good_recording(wav):
    sound = np.stack([tone(1000, 6.0), tone(1000, 6.0, level=0.75)], axis=1)
    path = wav(sound, subtype="FLOAT")
    found = look(path, "right")
    assert (found.status, found.reason) == ("ok", "")
    assert (found.recording, found.path) == ("A", str(path))
    assert (found.sr, found.channels, found.duration_s) == (SR, 2, 6.0)
    assert found.peak == pytest.approx(np.abs(sound).max(), abs=1e-6)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def quarantined(path, reason, **settings):
    found = look(path, **settings)
    assert found.status == "quarantined"
    assert reason in found.reason
    return found


def test_a_truncated_recording(wav):
    path = wav(noise(10))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert quarantined(path, "is cut short").sha256


def test_a_truncated_flac(wav):
    path = wav(noise(10), name="a.flac")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert look(path).status == "quarantined"


@pytest.mark.fault(
    "Recordings",
    "text with the name of a recording",
    sees="cannot be decoded: Format not recognised",
    kept="all other recordings",
)
def test_text_named_wav(tmp_path, sees):
    path = tmp_path / "a.wav"
    path.write_text("this is no sound\n" * 100)
    assert quarantined(path, sees).sha256


def test_an_empty_file(tmp_path):
    (tmp_path / "a.wav").touch()
    quarantined(tmp_path / "a.wav", "cannot be decoded: ")


def test_a_missing_file(tmp_path):
    found = quarantined(tmp_path / "a.wav", "cannot be opened: No such file or directory")
    assert found.sha256 == ""


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers(wav, value):
    sound = noise(6)
    sound[100] = value
    found = quarantined(wav(sound, subtype="FLOAT"), "holds samples that are no numbers")
    assert np.isfinite(found.peak)


def test_a_recording_without_a_clip(wav):
    found = quarantined(wav(noise(2.4)), "is shorter than a clip: 2.400 s")
    assert found.duration_s == pytest.approx(2.4)
    assert look(wav(noise(2.5))).status == "ok"
    quarantined(wav(noise(0)), "is shorter than a clip: 0.000 s")


def test_a_recording_without_the_channel(wav):
    path = wav(noise(6))
    quarantined(path, "has no right channel", channel="right")
    assert look(path, "left").status == look(path, "mix").status == "ok"


def test_a_long_recording_is_read_in_blocks(wav, monkeypatch):
    sound = noise(6, 2)
    sound[-1, 1] = 0.9
    path = wav(sound, subtype="FLOAT")
    monkeypatch.setattr(audio, "BLOCK", 1001)
    found = look(path)
    assert (found.duration_s, found.status) == (6.0, "ok")
    assert found.peak == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize(
    ("subtype", "name"),
    [
        ("PCM_16", "a.wav"),
        ("PCM_32", "a.wav"),
        ("PCM_24", "a.flac"),
        ("PCM_24", "a.wav"),
        ("FLOAT", "a.wav"),
        ("PCM_16", "a.flac"),
    ],
)
def test_formats(wav, subtype, name):
    expected = np.random.default_rng(1).integers(-20000, 20000, SR).astype(np.int16)
    path = wav(expected / 32768.0, subtype=subtype, name=name)
    found = clips(path)
    assert found.dtype == np.int16
    np.testing.assert_array_equal(found[0], expected)


def test_channels(wav):
    left, right = np.full(SR, 0.25), np.full(SR, -0.125)
    path = wav(np.stack([left, right], axis=1))
    for channel, value in (("left", 0.25), ("right", -0.125), ("mix", 0.0625)):
        np.testing.assert_array_equal(clips(path, channel), np.full((1, SR), value * 32768))


def test_clips_lie_end_to_end_and_the_last_is_padded(wav):
    sound = np.arange(round(2.6 * SR)) % 30000
    found = clips(wav(sound / 32768.0), count=3)
    assert found.shape == (3, SR)
    np.testing.assert_array_equal(found.ravel()[: len(sound)], sound)
    assert not found.ravel()[len(sound) :].any()


def test_a_rest_that_is_no_clip_is_left(wav):
    assert clips(wav(noise(2.4)), count=2).shape == (2, SR)


@pytest.mark.parametrize("block", [1000, 4096, 30001, SR])
def test_the_block_does_not_matter(wav, monkeypatch, block):
    path = wav(noise(3.7, 2))
    expected = clips(path, count=4)
    monkeypatch.setattr(audio, "BLOCK", block)
    np.testing.assert_array_equal(clips(path, count=4), expected)


@pytest.mark.parametrize("rates", [(44100, 22050), (48000, 22050), (22050, 44100)])
def test_resampling_keeps_a_tone(wav, rates):
    before, after = rates
    found = clips(wav(tone(1000, 3.0, before), before), sr=after, count=3)
    assert found.shape == (3, after)
    middle = found[1] / 32768.0
    assert np.abs(np.fft.rfft(middle)).argmax() == 1000
    expected = tone(1000, 3.0, after)[after : 2 * after]
    np.testing.assert_allclose(middle, expected, atol=2e-3)


def test_resampling_takes_away_what_is_too_high(wav):
    found = clips(wav(tone(15000, 3.0, 44100), 44100), count=3)
    assert np.abs(found[1]).max() < 33


def test_resampling_in_blocks_is_nearly_the_same(wav, monkeypatch):
    path = wav(noise(3.0, sr=44100), 44100)
    expected = clips(path, count=3).astype(int)
    monkeypatch.setattr(audio, "BLOCK", 5000)
    assert np.abs(clips(path, count=3) - expected).max() <= 2


def test_beyond_full_scale_is_clipped():
    sound = np.array([-2, -1, -0.5, 0, 0.5, 1, 2], dtype=np.float32)
    expected = [-32768, -32768, -16384, 0, 16384, 32767, 32767]
    np.testing.assert_array_equal(to_int16(sound), expected)
