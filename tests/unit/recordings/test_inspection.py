"""A recording is read once: what it gives as its sound, and what is known at its end."""

import numpy as np
import pytest
import soundfile as sf
from headers import write_comment

from anurans.recordings.audio import read_blocks
from anurans.recordings.inspection import Reading, inspect
from anurans.recordings.names import Recording

SR = 8000


def reading(path, channel="mix"):
    return Reading(Recording("A", str(path)), 1.0, 0.5, channel)


def whole(blocks):
    return np.concatenate([np.empty(0, np.float32), *blocks])


def levels(channels, seconds=3):
    shape = (seconds * SR, channels)
    return np.random.default_rng(1).integers(-20000, 20000, shape).astype(np.int16)


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT", "PCM_24"])
@pytest.mark.parametrize(
    ("channels", "channel"),
    [(1, "mix"), (1, "left"), (2, "mix"), (2, "left"), (2, "right"), (5, "mix")],
)
def test_its_sound_is_that_of_every_other_reading(
    tmp_path, monkeypatch, channels, channel, subtype
):
    monkeypatch.setattr("anurans.recordings.audio.BLOCK", 3001)
    path = tmp_path / "a.wav"
    sound = levels(channels) / 32768
    sf.write(path, sound, SR, subtype=subtype)
    of = reading(path, channel)
    found = whole(of.blocks())
    expected = sound.mean(axis=1) if channel == "mix" else sound[:, int(channel == "right")]
    np.testing.assert_allclose(found, expected, atol=1e-7)
    assert np.array_equal(found, whole(read_blocks(str(path), channel, SR)))
    assert (of.sr, of.found.status, of.found.duration_s) == (SR, "ok", 3.0)


def test_samples_have_one_digest_whatever_keeps_them(tmp_path):
    digests = {}
    sound = levels(2)
    for name, subtype in {
        "a.wav": "PCM_16",
        "b.wav": "FLOAT",
        "c.wav": "PCM_24",
        "d.flac": "PCM_16",
        "e.flac": "PCM_24",
    }.items():
        sf.write(tmp_path / name, sound / 32768, SR, subtype=subtype)
        digests[name] = inspect(Recording("A", str(tmp_path / name)), 1.0, 0.5, "mix").sound
    assert len(set(digests.values())) == 1 and all(digests.values())
    # One sample that 16 bits do not hold, the last, makes it another sound.
    floats = (sound / 32768).astype(np.float32)
    floats[-1, 1] += np.float32(2**-20)
    sf.write(tmp_path / "f.wav", floats, SR, subtype="FLOAT")
    other = inspect(Recording("A", str(tmp_path / "f.wav")), 1.0, 0.5, "mix").sound
    assert other and other not in digests.values()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_no_sound_is_given_from_where_it_cannot_be_used(tmp_path, monkeypatch, value):
    monkeypatch.setattr("anurans.recordings.audio.BLOCK", SR)
    sound = (levels(1) / 32768).astype(np.float32)
    sound[SR + 10] = value
    sf.write(tmp_path / "a.wav", sound, SR, subtype="FLOAT")
    of = reading(tmp_path / "a.wav")
    assert len(whole(of.blocks())) == SR
    assert of.found.status == "quarantined" and "no numbers" in of.found.reason
    assert of.found.duration_s == 3.0


def test_the_time_that_the_recorder_wrote_is_found_whatever_else_is_wrong(tmp_path):
    for name, sound in {"good.wav": levels(1), "silent.wav": np.zeros(3 * SR, np.int16)}.items():
        sf.write(tmp_path / name, sound, SR)
        before = inspect(Recording("A", str(tmp_path / name)), 1.0, 0.5, "mix")
        assert before.header_time == ""
        write_comment(tmp_path / name, "22:00:00 21/01/2024 (UTC-3)")
        found = inspect(Recording("A", str(tmp_path / name)), 1.0, 0.5, "mix")
        assert found.header_time == "2024-01-21 22:00:00-03:00"
        assert (found.status, found.sound) == (before.status, before.sound)


def test_a_missing_channel_gives_no_sound(tmp_path):
    sf.write(tmp_path / "a.wav", levels(1), SR)
    of = reading(tmp_path / "a.wav", "right")
    assert not len(whole(of.blocks()))
    assert of.found.reason == "has no right channel"
