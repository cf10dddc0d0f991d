"""What the container of a recording says of its own length, held against the bytes that are there.

libsndfile reads what it finds: of a WAV, AIFF, W64 or Ogg file that was cut short, or whose header
is wrong, it gives a shorter recording without a word.
"""

import os
import struct
from typing import BinaryIO

from anurans.recordings.stream_layout import TAGS
from anurans.recordings.wav_streams import SLIGHT, is_open

# A size of 64 bits that writers leave where they could not know the length; of 32, `is_open`.
_OPEN = 0xFFFFFFFFFFFFFFFF
# Chunks that may follow the sound; one of these may itself be cut short, which harms no sample.
_FOLLOWING = (
    *(b"LIST", b"id3 ", b"ID3 ", b"bext", b"iXML", b"guan", b"wamd", b"fact", b"cue "),
    *(b"PEAK", b"JUNK", b"junk", b"smpl", b"_PMX", b"FLLR", b"PAD ", b"afsp", b"minf"),
)
_W64_TAIL = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
_OGG_PAGE, _OGG_LAST = 65307, 4  # most bytes of a page; flag of the last one
_PIECE = 1 << 20
_OPEN_LENGTH = (
    "does not say in its header how long it is (a program wrote it to a pipe, or a recorder did "
    "not finish it): all that is there is used"
)


def length_fault(file: BinaryIO) -> tuple[str, str]:
    """Say what is wrong with the length that a container states.

    Parameters
    ----------
    file
        The recording, open for reading in binary; its position is moved.

    Returns
    -------
    fault, note : str
        A reason to leave it out, and what is odd though all is there; empty where nothing is, or
        the format states no length here (of FLAC, MP3 and joined Ogg
        `anurans.recordings.streams` knows).
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(16)
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return _chunks(file, size, "<I", b"data")
    if head[:4] == b"RIFX" and head[8:12] == b"WAVE":
        return _chunks(file, size, ">I", b"data")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _chunks(file, size, ">I", b"SSND")
    if head[:5] == b"riff.":
        return _wave64(file, size)
    return (_ogg(file, size) if head[:4] == b"OggS" else ""), ""


def _chunks(file: BinaryIO, size: int, number: str, sound: bytes) -> tuple[str, str]:
    """Walk through the chunks of a RIFF or AIFF file."""
    at, found, long_size, odd = 12, False, None, False
    while at + 8 <= size:
        file.seek(at)
        name, length = file.read(4), struct.unpack(number, file.read(4))[0]
        if found and not _is_chunk(name, length, size - at - 8):
            if odd:  # some programs forget the byte that makes a chunk even
                at, odd = at - 1, False
                continue
            fault = _rest(file, at, size)
            if fault and sound == b"data" and size - at <= SLIGHT:
                return "", _slight(size - at, "fewer")
            return fault, ""
        if name == b"ds64" and length >= 24:
            long_size = struct.unpack("<8xQ", file.read(16))[0]
        if name == sound:
            if is_open(length) and long_size is not None:
                length = long_size
            there = size - at - 8
            is_unknown = length == _OPEN or (is_open(length) and length > there)
            if sound == b"data" and not length and there > SLIGHT:
                file.seek(at + 8)
                is_unknown = not _is_chunk(file.read(4), 0, there) and bool(
                    _rest(file, at + 8, size)
                )
            if is_unknown:
                return ("", _OPEN_LENGTH) if there else (_missing(1, 0), "")
            if 0 < length - there <= SLIGHT < there:
                return "", _slight(length - there, "more")
            if fault := _missing(length, there):
                return fault, ""
            found = True
        odd = length % 2 == 1
        at += 8 + length + odd
    return "", ""


def _slight(count: int, how: str) -> str:
    return f"has a header that announces {count} bytes {how} than there are: all of them are used"


def _missing(announced: int, there: int) -> str:
    if announced <= there:
        return ""
    if not there:
        return f"holds a header and no sound; {announced} bytes were announced"
    return f"is cut short: {announced - there} bytes fewer than its header says"


def _is_chunk(name: bytes, length: int, left: int) -> bool:
    printable = all(0x20 <= byte < 0x7F for byte in name)
    return printable and (length <= left or name in _FOLLOWING)


def _rest(file: BinaryIO, at: int, size: int) -> str:
    """What follows the sound and is no chunk: harmless where it is a tag, or fills the file."""
    file.seek(at)
    if file.read(8).startswith(TAGS):
        return ""
    file.seek(at)
    while piece := file.read(_PIECE):
        if piece.strip(b"\0"):
            return (
                f"has a wrong header: {size - at} bytes follow the sound that it announces; save "
                "it again"
            )
    return ""


def _wave64(file: BinaryIO, size: int) -> tuple[str, str]:
    at = 40  # GUID and size of the file, then the GUID of WAVE
    while at + 24 <= size:
        file.seek(at)
        name, length = file.read(16), struct.unpack("<Q", file.read(8))[0]
        if name == b"data" + _W64_TAIL:
            there = size - at - 24
            return ("", _OPEN_LENGTH) if length == _OPEN else (_missing(length - 24, there), "")
        if length < 24:
            break
        at += -(-length // 8) * 8
    return "", ""


def _ogg(file: BinaryIO, size: int) -> str:
    """Look for the last page of an Ogg stream: whole, and marked as the last (RFC 3533, 6)."""
    file.seek(max(0, size - 2 * _OGG_PAGE))
    tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    if len(page) > 26 and page[5] & _OGG_LAST:
        segments = page[27 : 27 + page[26]]
        if len(segments) == page[26] and 27 + page[26] + sum(segments) <= len(page):
            return ""
    return "is cut short: the page that ends an Ogg file is missing"
