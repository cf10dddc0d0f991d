"""Containers whose stated length is that of the bytes, and others."""

import io
import struct

import numpy as np
import pytest
import soundfile as sf

from anurans.recordings.audio_headers import length_fault

SR = 8000
SOUND = np.random.default_rng(1).uniform(-0.5, 0.5, SR).astype(np.float32)
FORMATS = {
    "wav": ("WAV", "PCM_16"),
    "wav of 24 bits": ("WAV", "PCM_24"),
    "wav of 8 bits and odd length": ("WAV", "PCM_U8"),
    "wavex": ("WAVEX", "PCM_24"),
    "rf64": ("RF64", "PCM_16"),
    "aiff": ("AIFF", "PCM_16"),
    "w64": ("W64", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
}
CHUNKED = [name for name in FORMATS if name != "ogg"]


def made(name):
    """Bytes of a second of noise."""
    format, subtype = FORMATS[name]
    file = io.BytesIO()
    sf.write(file, SOUND[: -1 if "odd" in name else None], SR, subtype=subtype, format=format)
    return file.getvalue()


def fault(data):
    return length_fault(io.BytesIO(data))[0]


def note(data):
    return length_fault(io.BytesIO(data))[1]


def announcing(length, data=None):
    """Bytes of a WAV file of which the header announces `length` bytes of sound."""
    data = made("wav") if data is None else data
    at = data.index(b"data") + 4
    return data[:at] + struct.pack("<I", length) + data[at + 4 :]


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_file_has_no_fault(name):
    assert fault(made(name)) == ""


@pytest.mark.parametrize("name", CHUNKED)
@pytest.mark.parametrize("cut", [2, 64, 66, 1000])
def test_every_missing_byte_is_noticed(name, cut):
    data = made(name)[:-cut]
    count = cut - ("odd" in name)  # a pad byte at the end of an odd chunk is no sound
    if cut <= 64 and name != "w64":
        assert fault(data) == ""
        assert note(data).startswith(f"has a header that announces {count} bytes more than there")
    else:
        assert f"{count} bytes fewer than its header says" in fault(data)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.99])
def test_an_ogg_file_ends_with_its_last_page(share):
    data = made("ogg")
    assert "the page that ends an Ogg file is missing" in fault(data[: int(len(data) * share)])


@pytest.mark.parametrize("length", [100, 8000])
def test_sound_behind_what_the_header_announces(length):
    left = 2 * SR - length
    assert f"{left} bytes follow the sound that it announces" in fault(announcing(length))


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000, 0x80000000])
def test_a_length_that_was_never_written(length):
    data = announcing(length)
    assert (fault(data), note(data)[:12]) == ("", "does not say")
    assert fault(announcing(length)[:44]).startswith("holds a header and no sound") or not length


def test_a_length_that_is_a_few_bytes_short():
    data = announcing(2 * SR - 40)
    assert (fault(data), note(data)[:34]) == ("", "has a header that announces 40 byt")


def test_chunks_after_the_sound_are_no_fault():
    note = b"LIST" + struct.pack("<I", 8) + b"INFOabcd"
    assert fault(made("wav") + note) == ""
    assert fault(made("wav") + note[:12]) == ""
    assert fault(made("wav") + bytes(5000)) == ""
    assert fault(made("wav") + note + b"\1" * 5000) != ""
    for tag in (b"ID3\4", b"TAG", b"APETAGEX"):
        assert fault(made("wav") + tag + b"\1" * 125) == ""


def test_a_chunk_may_lack_the_byte_that_makes_it_even():
    data = made("wav of 8 bits and odd length")
    note = b"LIST" + struct.pack("<I", 8) + b"INFOabcd"
    at = data.index(b"data")
    odd = data[: at + 8 + struct.unpack("<I", data[at + 4 : at + 8])[0]]
    assert len(odd) % 2 == 1
    assert fault(odd) == fault(odd + note) == fault(odd + b"\0" + note) == ""
    assert fault(odd + b"\1" * 5000) != ""


def test_a_header_alone():
    data = made("wav")
    assert fault(data[:44]) == f"holds a header and no sound; {2 * SR} bytes were announced"
    assert fault(announcing(0)[:44]) == ""


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"OggS", b"fLaC", b"text" * 9])
def test_what_is_no_container_is_left_to_the_decoder(data):
    assert fault(data) in ("", "is cut short: the page that ends an Ogg file is missing")
