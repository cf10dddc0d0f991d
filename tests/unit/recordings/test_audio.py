"""Recordings of known sound, read as they are and when they are broken."""

import hashlib
import os
import tracemalloc

import numpy as np
import pytest
import soundfile as sf

from anurans.common.errors import UserError
from anurans.recordings import audio
from anurans.recordings.audio import read_clips, to_int16
from anurans.recordings.inspection import inspect
from anurans.recordings.names import Recording

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


def test_text_named_wav(tmp_path):
    path = tmp_path / "a.wav"
    path.write_text("this is no sound\n" * 100)
    assert quarantined(path, "cannot be decoded: ").sha256


def test_an_empty_file(tmp_path):
    (tmp_path / "a.wav").touch()
    quarantined(tmp_path / "a.wav", "is empty: 0 bytes")


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
    quarantined(wav(noise(0)), "holds no sound")


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


def rewritten(change, sound=None, name="a.wav", **how):
    """Give a maker of a recording whose bytes are changed."""

    def make(folder):
        sf.write(folder / name, noise(10) if sound is None else sound, SR, **how)
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(change(data))
        return folder / name

    return make


def announcing(length):
    """Change the length that the header of a WAV file announces."""

    def change(data):
        at = data.index(b"data") + 4
        return data[:at] + length.to_bytes(4, "little") + data[at + 4 :]

    return change


def same(data):
    return data


def half(data):
    return data[: len(data) // 2]


def dangling(folder):
    (folder / "a.wav").symlink_to(folder / "nowhere")
    return folder / "a.wav"


def a_folder(folder):
    (folder / "a.wav").mkdir()
    return folder / "a.wav"


def a_pipe(folder):
    os.mkfifo(folder / "a.wav")
    return folder / "a.wav"


def with_one(value, subtype="FLOAT"):
    sound = noise(6).astype(float)
    sound[100] = value
    return rewritten(same, sound, subtype=subtype)


BROKEN = {
    "a WAV file that is cut short": (rewritten(half), "is cut short: 220522 bytes fewer than"),
    "a FLAC file that is cut short": (
        rewritten(half, name="a.flac"),
        "cannot be decoded: Error : ",
    ),
    "an MP3 file that is cut short": (
        rewritten(half, name="a.mp3"),
        " of 220500 frames could be read",
    ),
    "an Ogg file that is cut short": (
        rewritten(half, name="a.ogg"),
        "is cut short: the page that ends an Ogg file is missing",
    ),
    "an AIFF file that is cut short": (rewritten(half, name="a.aiff"), "is cut short: "),
    "a FLAC file with a flipped byte": (
        rewritten(lambda d: d[:99999] + bytes([d[99999] ^ 255]) + d[100000:], name="a.flac"),
        "cannot be decoded: Error : ",
    ),
    "a header and no sound": (
        rewritten(lambda data: data[:44]),
        "holds a header and no sound; 441000 bytes were announced",
    ),
    "a header that announces no sound": (
        rewritten(lambda data: announcing(0)(data)[:44]),
        "holds no sound",
    ),
    "a header that announces more than there is": (
        rewritten(announcing(882000)),
        "is cut short: 441000 bytes fewer than its header says",
    ),
    "a header that announces less than there is": (
        rewritten(announcing(220500)),
        "has a wrong header: 220500 bytes follow the sound that it announces; save it again",
    ),
    "a header with a rate of 0 Hz": (
        rewritten(lambda data: data[:24] + bytes(4) + data[28:]),
        "cannot be decoded: its header gives no possible rate of sampling",
    ),
    "an empty file": (rewritten(lambda data: b""), "is empty: 0 bytes"),
    "text with the name of a recording": (
        rewritten(lambda data: b"this is no sound\n" * 100),
        "cannot be decoded: Format not recognised",
    ),
    "a sample that is NaN": (with_one(np.nan), "holds samples that are no numbers (NaN or"),
    "a sample that is infinite": (with_one(np.inf), "holds samples that are no numbers (NaN or"),
    "a sample of 64 bits too large for 32": (
        with_one(1e300, "DOUBLE"),
        "holds samples that are no numbers (NaN or infinite)",
    ),
    "samples that are not scaled to 1": (
        rewritten(same, noise(6) * 30000, subtype="FLOAT"),
        "times full scale: not scaled to 1, or damaged; save it again with samples from -1 to 1",
    ),
    "all zeros": (rewritten(same, np.zeros(6 * SR)), "is silent: all zeros"),
    "shorter than half a clip": (rewritten(same, noise(2)), "is shorter than a clip: 2.000 s"),
    "a link that leads nowhere": (dangling, "cannot be opened: No such file or directory"),
    "a table names a folder as a recording": (a_folder, "is no file"),
    "a table names a pipe as a recording": (a_pipe, "is no file"),
}
KEPT = "all others; this one is left out and listed in results/recordings.csv"


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, marks=pytest.mark.fault("Recordings", what, sees=reason, kept=KEPT))
        for what, (make, reason) in BROKEN.items()
    ],
    ids=list(BROKEN),
)
def test_a_broken_recording_is_quarantined(tmp_path, make, sees):
    found = look(make(tmp_path))
    assert (found.status, found.recording) == ("quarantined", "A")
    assert sees in found.reason


@pytest.mark.fault(
    "Recordings",
    "the right channel is asked for, and is missing or all zeros",
    sees="is silent in its right channel: all zeros",
    kept=KEPT,
)
def test_a_dead_channel(wav, sees):
    sound = noise(6, 2)
    sound[:, 1] = 0
    path = wav(sound)
    quarantined(path, sees, channel="right")
    quarantined(wav(noise(6), name="mono.wav"), "has no right channel", channel="right")
    assert look(path, "left").status == look(path).status == "ok"


@pytest.mark.parametrize(
    ("sr", "channels", "subtype"),
    [
        pytest.param(
            *how,
            marks=pytest.mark.fault("Recordings", what, kept="the recording, as it should sound"),
        )
        for what, how in {
            "8 kHz": (8000, 1, "PCM_16"),
            "192 kHz": (192000, 1, "PCM_16"),
            "8 channels": (SR, 8, "PCM_16"),
            "24 bits": (SR, 1, "PCM_24"),
            "32 bits float": (SR, 1, "FLOAT"),
        }.items()
    ],
)
def test_an_unusual_recording_is_read_right(wav, sr, channels, subtype):
    sound = np.repeat(tone(1000, 6.0, sr)[:, None], channels, axis=1)
    path = wav(sound, sr, subtype)
    found = look(path)
    assert (found.status, found.sr, found.channels, found.duration_s) == ("ok", sr, channels, 6.0)
    middle = clips(path, count=6)[3] / 32768.0
    np.testing.assert_allclose(middle, tone(1000, 6.0)[3 * SR : 4 * SR], atol=2e-3)


@pytest.mark.fault("Recordings", "an hour long", kept="the recording, read in blocks of 4 MB")
def test_an_hour_is_read_in_pieces(tmp_path):
    rng = np.random.default_rng(1)
    with sf.SoundFile(tmp_path / "a.wav", "w", 8000, 1, "PCM_U8") as file:
        for _ in range(60):
            file.write(rng.uniform(-0.5, 0.5, 60 * 8000))
    tracemalloc.start()
    found = look(tmp_path / "a.wav")
    count = sum(1 for _ in read_clips(str(tmp_path / "a.wav"), "mix", 8000, 5.0, 720))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.status, found.duration_s, count) == ("ok", 3600.0, 720)
    # A block of 1 Mi samples of 4 bytes, a few times over; the whole hour would be 115 MB.
    assert peak < 40e6


@pytest.mark.fault(
    "Recordings",
    "a recording that is replaced by a shorter one between two jobs",
    sees="ends before the last of its 6 clips; it has changed since it was inspected",
    kept="nothing of the job; the next run inspects it again",
)
def test_a_recording_that_has_changed(wav, sees):
    path = wav(noise(2.5))
    with pytest.raises(UserError) as caught:
        clips(path, count=6)
    assert sees in str(caught.value)
    path.write_bytes(b"")
    with pytest.raises(UserError, match="cannot be read any more, though it was good"):
        clips(path, count=6)


def test_nothing_but_what_could_be_read_is_sound(tmp_path):
    path = rewritten(half, name="a.mp3")(tmp_path)
    found = look(path)
    assert 4 < found.duration_s < 6
    assert found.peak < 2
