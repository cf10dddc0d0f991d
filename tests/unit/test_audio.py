"""Recordings as users have them, and broken ones."""

import numpy as np
import pytest
import soundfile as sf

from anurans import audio
from anurans.recordings import Recording

SR = 22050


def tone(seconds, sr=SR, hz=1000.0, level=0.5):
    return level * np.sin(2 * np.pi * hz * np.arange(round(seconds * sr)) / sr)


def inspected(path, channel="mix"):
    return audio.inspect(Recording("r", str(path)), 5.0, 0.5, channel)


def test_a_good_recording(tmp_path):
    path = tmp_path / "r.wav"
    sf.write(path, tone(6), SR)
    found = inspected(path)
    assert (found.status, found.sr, found.channels, found.duration_s) == ("ok", SR, 1, 6.0)
    assert found.peak == pytest.approx(0.5, abs=1e-3)
    assert len(found.sha256) == 64


def write_truncated(path):
    sf.write(path, tone(6), SR)
    path.write_bytes(path.read_bytes()[:100_000])


def write_nan(path):
    sf.write(path, np.where(np.arange(6 * SR) == 1000, np.nan, 0.1), SR, subtype="FLOAT")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (write_truncated, "cut short"),
        (write_nan, "no numbers"),
        (lambda path: path.write_text("not audio"), "cannot be decoded"),
        (lambda path: path.write_bytes(b""), "cannot be decoded"),
        (lambda path: sf.write(path, tone(2), SR), "shorter than a clip"),
        (lambda path: None, "cannot be opened"),
    ],
)
def test_a_broken_recording_is_quarantined_with_its_reason(tmp_path, make, reason):
    make(tmp_path / "r.wav")
    found = inspected(tmp_path / "r.wav")
    assert found.status == "quarantined"
    assert reason in found.reason


def test_a_mono_recording_has_no_right_channel(tmp_path):
    sf.write(tmp_path / "r.wav", tone(6), SR)
    assert inspected(tmp_path / "r.wav", "right").reason == "has no right channel"


@pytest.mark.parametrize(
    ("ending", "subtype"),
    [("wav", "PCM_16"), ("wav", "PCM_24"), ("wav", "PCM_32"), ("wav", "FLOAT"), ("flac", "PCM_24")],
)
def test_every_kind_of_file_gives_the_same_clips(tmp_path, ending, subtype):
    path = tmp_path / f"r.{ending}"
    sf.write(path, tone(7.5), SR, subtype=subtype)
    first, last = audio.read_clips(path, "mix", SR, 5.0, 2)
    expected = audio.to_int16(tone(7.5))
    assert np.abs(first.astype(int) - expected[: 5 * SR]).max() <= 1
    assert np.abs(last[: round(2.5 * SR)].astype(int) - expected[5 * SR :]).max() <= 1
    assert not last[round(2.5 * SR) :].any()


def test_channels(tmp_path):
    path = tmp_path / "r.wav"
    sf.write(path, np.stack([tone(5), np.zeros(5 * SR)], axis=1), SR)
    peak = {
        channel: next(audio.read_clips(path, channel, SR, 5.0, 1)).max() / 32768
        for channel in ("left", "right", "mix")
    }
    assert peak == pytest.approx({"left": 0.5, "right": 0.0, "mix": 0.25}, abs=1e-3)


def test_resampling_keeps_a_tone_where_it_is(tmp_path):
    path = tmp_path / "r.wav"
    sf.write(path, tone(10, sr=44100), 44100)
    clips = list(audio.read_clips(path, "mix", SR, 5.0, 2))
    assert [len(clip) for clip in clips] == [5 * SR, 5 * SR]
    for clip in clips:
        spectrum = np.abs(np.fft.rfft(clip))
        assert np.argmax(spectrum) / 5.0 == pytest.approx(1000, abs=1)
        assert clip.max() / 32768 == pytest.approx(0.5, abs=0.02)


def test_small_blocks_give_the_same_clips(tmp_path, monkeypatch):
    path = tmp_path / "r.wav"
    sf.write(path, tone(12), SR)
    whole = list(audio.read_clips(path, "mix", SR, 5.0, 2))
    monkeypatch.setattr(audio, "BLOCK", 1000)
    pieces = list(audio.read_clips(path, "mix", SR, 5.0, 2))
    assert np.array_equal(whole, pieces)
