"""What a file holds is read to its end, or told: joined streams, wrong headers, silence."""

import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anurans.recordings.audio import read_blocks, read_clips
from anurans.recordings.inspection import inspect
from anurans.recordings.names import Recording
from anurans.recordings.stream_layout import Stream
from anurans.recordings.streams import StreamFile, layout

SR = 22050
CASES = Path(__file__).parents[3].parent / "shared/cases"
ALL = "the recording, to its end; results/recordings.csv says so"
LEFT = "all others; this one is left out and listed in results/recordings.csv"
needs_cases = pytest.mark.skipif(
    not CASES.is_dir(), reason=f"real files are read from {CASES}, which is absent"
)


def noise(seconds, seed=1):
    return np.random.default_rng(seed).uniform(-0.5, 0.5, round(seconds * SR)).astype(np.float32)


def made(format, subtype=None, seconds=6, seed=1, **how):
    file = io.BytesIO()
    sf.write(file, noise(seconds, seed), SR, format=format, subtype=subtype, **how)
    return file.getvalue()


@pytest.fixture
def put(tmp_path):
    """Give a function that writes bytes to a file and returns its path."""

    def write(data, name="a.bin"):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


def look(path, channel="mix"):
    return inspect(Recording("A", str(path)), 5.0, 0.5, channel)


def sound_of(path, sr=SR):
    return np.concatenate(list(read_blocks(str(path), "mix", sr)))


def decoded(data):
    return sf.read(io.BytesIO(data), dtype="float32")[0]


@needs_cases
@pytest.mark.parametrize(
    ("file", "seconds"),
    [
        ("mp3-vbr-without-xing/new/XC_20240131_203000.mp3", 15.049),
        ("mp3-vbr-without-xing/new/XC_20240201_203000.mp3", 15.0),
        ("mp3-vbr-without-xing/new/XC_20240202_203000.mp3", 30.0),
        ("joined-streams/rec/joined_flac.flac", 30.0),
        ("joined-streams/rec/joined_ogg.ogg", 30.0),
        ("joined-streams/rec/joined_opus.opus", 30.0),
        ("flac-without-length/rec/flac_stream_total0.flac", 15.0),
        ("flac-without-length/rec/FL010_double_duration.flac", 15.0),
    ],
)
def test_the_cases(file, seconds):
    found = look(CASES / file)
    assert (found.status, round(found.duration_s, 3)) == ("ok", seconds)
    assert len(sound_of(CASES / file, found.sr)) == round(found.duration_s * found.sr)


JOINED = {"Ogg": ("OGG", "VORBIS"), "FLAC": ("FLAC", "PCM_16"), "MP3": ("MP3", "MPEG_LAYER_III")}


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            kind,
            marks=pytest.mark.fault(
                "Recordings",
                f"several {kind} files joined into one",
                sees="holds 2 joined streams",
                kept=ALL,
            ),
        )
        for kind in JOINED
    ],
)
def test_joined_files_are_read_to_their_end(put, kind, sees):
    first, second = (made(*JOINED[kind], seed=seed) for seed in (1, 2))
    path = put(first + second)
    found = look(path)
    assert (found.status, found.reason) == ("ok", sees)
    both = np.concatenate([decoded(first), decoded(second)])
    assert found.duration_s == len(both) / SR
    np.testing.assert_allclose(sound_of(path), both, atol=1e-6)
    assert len(list(read_clips(str(path), "mix", SR, 3.0, 4))) == 4
    assert abs(len(sound_of(path, 16000)) - len(both) * 16000 / SR) < 2


def test_joined_mp3_with_tags(put):
    data = made("MP3", "MPEG_LAYER_III")
    tag = b"ID3\4\0\0\0\0\0\x0a" + b"x" * 10
    path = put(tag + data + b"TAG" + b"y" * 125 + tag + data)
    assert look(path).duration_s == 2 * look(put(data, "b.mp3")).duration_s


def test_streams_of_several_rates_are_left_out(put):
    for format, subtype in JOINED.values():
        other = io.BytesIO()
        sf.write(other, noise(6), 44100, format=format, subtype=subtype)
        found = look(put(made(format, subtype) + other.getvalue()))
        assert found.reason.startswith("holds streams of several rates")


@pytest.mark.parametrize("kind", JOINED)
@pytest.mark.fault(
    "Recordings",
    "an Ogg, FLAC or MP3 followed by bytes that are not sound",
    sees="is not read to its end: 5000 bytes follow the sound; save it again",
    kept=LEFT,
)
def test_bytes_behind_the_sound(put, kind, sees):
    found = look(put(made(*JOINED[kind]) + b"\1" * 5000))
    assert (found.status, found.reason) == ("quarantined", sees)
    assert look(put(made(*JOINED[kind]) + b"TAG" + b"\1" * 125)).status == "ok"
    assert look(put(made(*JOINED[kind]) + bytes(5000))).status == "ok"


def frames_alone(data):
    """Bytes of an MP3 without its first frame, the index of all others."""
    at = data.index(b"Xing") if b"Xing" in data[:200] else data.index(b"Info")
    return data[data.index(b"\xff", at + 100) :]


@pytest.mark.parametrize("mode", ["VARIABLE", "CONSTANT"])
@pytest.mark.fault("Recordings", "an MP3 of varying rate without an index", kept=ALL)
def test_mp3_without_an_index(put, mode):
    quiet, loud = noise(6) * 0.001, noise(6)
    file = io.BytesIO()
    how = {"bitrate_mode": mode, "compression_level": 0.5}
    sf.write(file, np.concatenate([quiet, loud]), SR, format="MP3", **how)
    data = file.getvalue()
    at = 576 * 2
    whole = look(put(data, "b.mp3"))
    bare = frames_alone(data)
    found = look(put(bare))
    assert found.status == "ok"
    # Without the index nobody knows how much of the ends is padding of the encoder.
    assert 0 <= found.duration_s - whole.duration_s < 3 * at / SR
    assert len(sound_of(put(bare))) == round(found.duration_s * SR)
    cut = look(put(bare[:-10]))
    assert (cut.status, cut.reason) == ("ok", "ends within a frame: it may be cut short")


def with_total(data, total, md5=None):
    about = data[8:42]
    packed = int.from_bytes(about[10:18], "big") & ~0xFFFFFFFFF | total
    about = about[:10] + packed.to_bytes(8, "big") + (about[18:] if md5 is None else md5)
    return data[:8] + about + data[42:]


@pytest.mark.parametrize(
    ("subtype", "total"),
    [("PCM_16", 0), ("PCM_24", 0), ("PCM_16", 264600), ("PCM_24", 132301), ("PCM_S8", 1)],
)
@pytest.mark.fault(
    "Recordings",
    "a FLAC whose header says no length, or a wrong one",
    sees="has a wrong header: it says 264600 frames and holds 132300",
    kept=ALL,
)
def test_flac_of_another_length(put, subtype, total, sees):
    data = made("FLAC", subtype)
    path = put(with_total(data, total))
    found = look(path)
    said = sees.replace("264600", str(total)) if total else ""
    assert (found.status, found.duration_s, found.reason) == ("ok", 6.0, said)
    np.testing.assert_array_equal(sound_of(path), decoded(data))


def test_flac_that_is_cut_between_two_frames(put):
    data = made("FLAC", "PCM_16")
    at, stops = 0, []
    while (at := data.find(b"\xff\xf8", at + 1)) >= 0:
        stops.append(at)
    # Where the rest ends with a whole frame, the digest of all samples tells that some are missing.
    reasons = {look(put(data[:stop])).reason for stop in stops[-3:]}
    assert any(" of 132300 frames are there" in reason for reason in reasons)
    assert "" not in reasons
    assert look(put(with_total(data[: stops[-1]], 132300, bytes(16)))).status == "quarantined"
    cut = look(put(with_total(data, 0)[:-500]))
    assert cut.reason == "is cut short: its last frame is not whole"


def announcing(length, data):
    at = data.index(b"data") + 4
    return data[:at] + struct.pack("<I", length) + data[at + 4 :]


@pytest.mark.parametrize(
    "length",
    [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000, *(6 * SR * 2 + off for off in (-44, -8, 8, 44))],
)
@pytest.mark.fault(
    "Recordings",
    "a WAV whose header has a pipe's placeholder, or is a few bytes off, though every sample is "
    "there",
    sees="of them are used",
    kept=ALL,
)
def test_wav_whose_header_is_off(put, length, sees):
    data = made("WAV", "PCM_16")
    path = put(announcing(length, data), "a.wav")
    found = look(path)
    assert (found.status, found.duration_s) == ("ok", 6.0)
    assert sees in found.reason or found.reason.endswith("all that is there is used")
    np.testing.assert_array_equal(sound_of(path), decoded(data))


def stereo(left, right, subtype="PCM_16"):
    file = io.BytesIO()
    sf.write(file, np.stack([left, right], axis=1), SR, format="WAV", subtype=subtype)
    return file.getvalue()


@pytest.mark.fault(
    "Recordings",
    "channels that cancel each other when they are mixed",
    sees="is silent once its channels are mixed, which cancel each other; use channel: left",
    kept=LEFT,
)
def test_channels_that_cancel(put, sees):
    path = put(stereo(noise(6), -noise(6)), "a.wav")
    assert sees in look(path).reason
    assert look(path, "left").status == look(path, "right").status == "ok"
    almost = stereo(noise(6), -noise(6) + 0.001 * noise(6, 2), "FLOAT")
    assert sees in look(put(almost, "a.wav")).reason
    assert look(put(stereo(noise(6), noise(6, 2)), "a.wav")).status == "ok"
    assert look(put(stereo(noise(6), 0 * noise(6)), "a.wav")).reason == ""


@pytest.mark.parametrize("subtype", ["FLOAT", "PCM_24"])
@pytest.mark.fault(
    "Recordings",
    "sound too quiet for 16 bits",
    sees="is too quiet for 16 bits, which hold nothing of it",
    kept=LEFT,
)
def test_sound_that_16_bits_flatten(put, subtype, sees):
    def quiet(level):
        file = io.BytesIO()
        sf.write(file, noise(6) * level, SR, format="WAV", subtype=subtype)
        return look(put(file.getvalue(), "a.wav"))

    assert sees in quiet(1e-5).reason
    told = quiet(2e-4)
    assert (told.status, told.reason) == (
        "ok",
        "is very quiet: its loudest sample is level 3 of 32768",
    )
    assert quiet(0.01).reason == ""


@pytest.mark.fault(
    "Recordings",
    "a part of exact zeros, where a recorder lost sound",
    sees="is silent by the digit for 4.0 s, first at 2.0 s",
    kept=ALL,
)
def test_silence_in_parts(put, sees, monkeypatch):
    sound = noise(12)
    sound[2 * SR : 5 * SR] = sound[11 * SR :] = 0
    sound[6 * SR : 6 * SR + SR // 2] = 0
    path = put(stereo(sound, sound), "a.wav")
    assert (look(path).status, look(path).reason) == ("ok", sees)
    monkeypatch.setattr("anurans.recordings.audio.BLOCK", 50021)
    assert look(path).reason == sees


def test_a_stream_is_a_file_of_its_own(put):
    path = put(b"0123456789")
    with StreamFile(path, Stream(3, 8, b"ab")) as file:
        assert file.read() == b"ab34567"
        file.seek(-3, os.SEEK_END)
        assert (file.read(10), file.tell()) == (b"567", 7)
        file.seek(1)
        assert file.read(2) == b"b3"


STARTS = [made(*how)[:400] for how in JOINED.values()] + [made("WAV", "PCM_16")[:60]]


@settings(
    max_examples=int(os.environ.get("FUZZ", "200")),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    parts=st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(STARTS)), max_size=4),
    first=st.sampled_from(STARTS),
    cut=st.integers(1, 400),
)
def test_any_bytes_have_a_layout(tmp_path_factory, parts, first, cut):
    path = tmp_path_factory.getbasetemp() / "any.bin"
    path.write_bytes(first[:cut] + b"".join(parts))
    found = layout(path)
    size = path.stat().st_size
    for stream in found.streams:
        assert 0 <= stream.start <= stream.end <= size + len(stream.head)
    assert look(path).status == "quarantined"


@pytest.mark.parametrize(
    "content", [b"fLaC", b"fLaC\x00\x00", b"OggS", b"OggS\x00\x02", b"ID3", b"RIFF"]
)
def test_a_file_of_a_few_bytes_has_no_layout_and_is_left_out(tmp_path, content):
    (tmp_path / "short.bin").write_bytes(content)
    assert not layout(tmp_path / "short.bin").streams
    assert look(tmp_path / "short.bin").status == "quarantined"
