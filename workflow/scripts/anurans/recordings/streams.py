"""Where the sound of a file lies: streams that are joined, and headers that state another length.

libsndfile reads the first of several streams that were put one behind the other, and of an MP3
without an index as much as the rate of its first frame lets it guess; it cannot read FLAC of
unknown length. Here a file is divided into its streams; a header that is wrong is replaced while
the file is read. Nothing is written.
"""

import io
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_PIECE = 1 << 20
_TAGS = (b"ID3", b"TAG", b"APETAGEX")


@dataclass(frozen=True, slots=True)
class Stream:
    """A stretch of a file that is one stream of sound.

    `start` and `end` are its bytes in the file; `head` stands in place of what lies before
    `start`, empty where nothing has to.
    """

    start: int
    end: int
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class Layout:
    """The streams of a file, what is wrong, and what is odd but harmless.

    `md5` is that of the samples where it has to tell whether a FLAC is whole, with the frames that
    its header announces.
    """

    streams: tuple[Stream, ...] = ()
    fault: str = ""
    notes: tuple[str, ...] = ()
    md5: bytes = b""
    announced: int = 0


class StreamFile(io.RawIOBase):
    """A stream of a file as a file of its own."""

    def __init__(self, path: str | Path, stream: Stream) -> None:
        self._file = Path(path).open("rb")  # noqa: SIM115 - closed with this one
        self._stream = stream
        self._at = 0
        self._size = len(stream.head) + stream.end - stream.start

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer) -> int:
        view = memoryview(buffer).cast("B")
        wanted = min(len(view), max(0, self._size - self._at))
        head = self._stream.head[self._at : self._at + wanted]
        view[: len(head)] = head
        done = len(head)
        if done < wanted:
            at = self._stream.start + self._at + done - len(self._stream.head)
            self._file.seek(at)
            rest = self._file.read(wanted - done)
            view[done : done + len(rest)] = rest
            done += len(rest)
        self._at += done
        return done

    def close(self) -> None:
        self._file.close()
        super().close()


def layout(path: str | Path) -> Layout:
    """Find the streams of a file.

    Returns
    -------
    Layout
        Without streams where libsndfile reads the file as it is.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    with Path(path).open("rb") as file:
        bytes_of = _Bytes(file)
        head = bytes_of.at(0, 16)
        if head[:4] == b"OggS":
            return _ogg(bytes_of)
        if head[:4] == b"fLaC":
            return _flac(bytes_of)
        if head[:4] in (b"RIFF", b"RIFX") and head[8:12] == b"WAVE":
            return _wav(bytes_of, "<I" if head[:4] == b"RIFF" else ">I")
        if head[:3] == b"ID3" or _Frame.read(head[:4]):
            return _mp3(bytes_of)
    return Layout()


class _Bytes:
    """Any bytes of a file, without reading all of it at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, os.SEEK_END)
        self._from, self._piece = 0, b""

    def at(self, offset: int, count: int) -> bytes:
        first = offset - self._from
        if first < 0 or first + count > len(self._piece):
            self._file.seek(offset)
            self._from, self._piece = offset, self._file.read(max(count, _PIECE))
            first = 0
        return self._piece[first : first + count]

    def find(self, pattern: re.Pattern[bytes], start: int, width: int) -> int:
        """Where bytes of at most `width` that fit a pattern begin, -1 where none do."""
        at = start
        while at < self.size:
            piece = self.at(at, _PIECE)
            if match := pattern.search(piece):
                return at + match.start()
            if at + len(piece) >= self.size:
                break
            at += max(1, len(piece) - width)
        return -1

    def is_padding(self, start: int, end: int) -> bool:
        """Whether all bytes of a stretch are zero."""
        while start < end:
            piece = self.at(start, min(_PIECE, end - start))
            if not piece or piece.strip(b"\0"):
                return False
            start += len(piece)
        return True

    def tag(self, at: int) -> int:
        """Length of a tag, as music players write it, at a place; 0 where there is none."""
        head = self.at(at, 32)
        if head[:3] == b"ID3" and len(head) > 10 and max(head[6:10]) < 128:
            size = 0
            for byte in head[6:10]:
                size = size << 7 | byte
            return 10 + size + (10 if head[5] & 16 else 0)
        if head[:3] == b"TAG":
            return 128
        if head[:8] == b"APETAGEX" and len(head) == 32:
            size, flags = struct.unpack("<I4xI", head[12:24])
            return size + (32 if flags >> 31 else 0)
        return 0


def _behind(count: int) -> str:
    return f"is not read to its end: {count} bytes follow the sound; save it again"


# --- Ogg (RFC 3533): streams are chained, each begins with pages that are marked so -------------


def _ogg(data: _Bytes) -> Layout:
    starts, at, is_beginning, ended, notes = [0], 0, True, False, []
    while at < data.size:
        head = data.at(at, 27)
        if head[:4] != b"OggS":
            if data.tag(at) or data.is_padding(at, data.size) or not ended:
                break  # a stream that has not ended is told as one that is cut short
            return Layout(fault=_behind(data.size - at))
        segments = data.at(at + 27, head[26]) if len(head) == 27 else b""
        if len(head) < 27 or len(segments) < head[26]:
            break
        begins = bool(head[5] & 2)
        if begins and not is_beginning:
            if not ended:
                notes.append("holds a stream that was cut short before another was joined to it")
            starts.append(at)
        is_beginning, ended = begins, bool(head[5] & 4)
        at += 27 + head[26] + sum(segments)
    if len(starts) == 1:
        return Layout()
    ends = [*starts[1:], min(at, data.size)]
    streams = tuple(Stream(start, end) for start, end in zip(starts, ends, strict=True))
    return Layout(streams, notes=(*dict.fromkeys(notes), f"holds {len(streams)} joined streams"))


# --- FLAC (RFC 9639): the length stands in the first block, and in the number of the last frame --

_FLAC = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
_BLOCKS = {1: 192, 2: 576, 3: 1152, 4: 2304, 5: 4608}


def _flac(data: _Bytes) -> Layout:
    starts, at = [], 0
    while (found := data.find(_FLAC, at, 8)) >= 0:
        starts.append(found)
        at = found + 8
    streams, notes, fault = [], [], ""
    md5, announced = b"", 0
    for start, end in zip(starts, [*starts[1:], data.size], strict=True):
        about = data.at(start + 8, 34)
        if len(about) < 34:
            return Layout()
        least = int.from_bytes(about[:2], "big")
        total = int.from_bytes(about[13:18], "big") & 0xFFFFFFFFF
        real, last = _flac_end(data, start, end, least, total)
        if real is None:
            if total == 0 and not fault:
                fault = "is cut short: its last frame is not whole"
            streams.append(Stream(start, end))
            continue
        if last < end and not data.is_padding(last, end) and not data.tag(last):
            fault = fault or _behind(end - last)
        head = b""
        if total != real:
            if total:
                notes.append(f"has a wrong header: it says {total} frames and holds {real}")
            if total > real and len(starts) == 1:
                md5, announced = about[18:34], total
            elif total > real:
                fault = fault or f"is cut short: {real} of {total} frames are there"
            packed = int.from_bytes(about[10:18], "big") & ~0xFFFFFFFFF | real
            head = data.at(start, 8) + about[:10] + packed.to_bytes(8, "big") + about[18:34]
        streams.append(Stream(start + len(head), last, head))
    if len(streams) > 1:
        notes.append(f"holds {len(streams)} joined streams")
    elif not any(stream.head for stream in streams):
        return Layout(fault=fault)
    return Layout(tuple(streams), fault, tuple(notes), md5, announced)


def _flac_end(data: _Bytes, start: int, end: int, least: int, total: int) -> tuple[int | None, int]:
    """Samples of a stream, by its last frame, and where that ends; None where it is not whole."""
    # Frames end where their checksum is right: at the end, or before a tag, or before whatever
    # follows the frame that is the last by the header.
    for size in (1 << 16, 1 << 18, 1 << 20, 1 << 22):
        begin = max(start, end - size)
        tail = data.at(begin, end - begin)
        ends = [len(tail)]
        if tail[-128:-125] == b"TAG":
            ends.append(len(tail) - 128)
        trimmed = len(tail.rstrip(b"\0"))
        ends += [trimmed + extra for extra in range(3) if trimmed + extra < len(tail)]
        at = len(tail)
        while (at := tail.rfind(b"\xff", 0, at)) >= 0:
            frame = _flac_frame(tail[at : at + 16], least)
            if frame is None:
                continue
            for stop in ends:
                if stop - at > 6 and _crc16(tail[at : stop - 2]) == tail[stop - 2 : stop]:
                    return frame, begin + stop
            if total and frame == total and (stop := _checked(tail, at)):
                return frame, begin + stop
        if begin == start:
            break
    return None, end


def _checked(tail: bytes, at: int) -> int:
    """Where a frame that begins at a place ends, by its checksum; 0 where it does nowhere."""
    value = 0
    for place in range(at, len(tail) - 2):
        value = (value << 8 & 0xFFFF) ^ _CRC16[value >> 8 ^ tail[place]]
        if place > at + 6 and value == tail[place + 1] << 8 | tail[place + 2]:
            return place + 3
    return 0


def _flac_frame(head: bytes, least: int) -> int | None:
    """Number of the sample behind a frame, by its header; None where it is none."""
    if len(head) < 16 or head[0] != 0xFF or head[1] not in (0xF8, 0xF9) or head[3] & 1:
        return None
    code, rate, first = head[2] >> 4, head[2] & 15, head[4]
    more = 0
    while more < 7 and first & (0x80 >> more):
        more += 1
    if code == 0 or rate == 15 or more == 1 or (more == 7 and first != 0xFE):
        return None
    number = first & (0x7F >> more) if more else first
    at = 5
    for byte in head[5 : 5 + max(0, more - 1)]:
        if byte >> 6 != 2:
            return None
        number, at = number << 6 | byte & 63, at + 1
    if code in (6, 7):
        block = int.from_bytes(head[at : at + code - 5], "big") + 1
        at += code - 5
    else:
        block = _BLOCKS.get(code) or 256 << (code - 8)
    at += {12: 1, 13: 2, 14: 2}.get(rate, 0)
    if at >= len(head) or _crc8(head[:at]) != head[at]:
        return None
    return (number if head[1] & 1 else number * least) + block


def _table(polynomial: int, bits: int) -> list[int]:
    top, mask, found = 1 << (bits - 1), (1 << bits) - 1, []
    for byte in range(256):
        value = byte << (bits - 8)
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
        found.append(value)
    return found


_CRC8, _CRC16 = _table(0x07, 8), _table(0x8005, 16)


def _crc8(data: bytes) -> int:
    value = 0
    for byte in data:
        value = _CRC8[value ^ byte]
    return value


def _crc16(data: bytes) -> bytes:
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFF) ^ _CRC16[value >> 8 ^ byte]
    return value.to_bytes(2, "big")


# --- MP3 (ISO 11172-3): frames, each with its length; the first may be an index of all -----------

_RATES = (44100, 48000, 32000)
_KBIT = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the header of a frame of layer III says: bytes, samples, rate, bytes to an index."""

    length: int
    samples: int
    kind: tuple[int, int, bool]
    index: int

    @classmethod
    def read(cls, head: bytes) -> "_Frame | None":
        if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
            return None
        version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
        bit_rate, rate = head[2] >> 4, head[2] >> 2 & 3
        if version == 1 or layer != 1 or bit_rate in (0, 15) or rate == 3:
            return None
        is_first = version == 3
        sr = _RATES[rate] // {3: 1, 2: 2, 0: 4}[version]
        samples = 1152 if is_first else 576
        is_mono = head[3] >> 6 == 3
        length = samples // 8 * _KBIT[is_first][bit_rate] * 1000 // sr + (head[2] >> 1 & 1)
        side = (17 if is_mono else 32) if is_first else (9 if is_mono else 17)
        return cls(length, samples, (version, sr, is_mono), 4 + side)


@dataclass(slots=True)
class _Run:
    """Frames that belong together: where they begin and end, and what their index says."""

    first: bytes
    start: int
    kind: tuple[int, int, bool]
    end: int = 0
    frames: int = 0
    index: int = 0
    length: int = field(default=0)


def _mp3(data: _Bytes) -> Layout:
    runs: list[_Run] = []
    at, run, strange = 0, None, 0
    while at < data.size:
        if length := data.tag(at):
            at, run = at + length, None
            continue
        frame = _Frame.read(data.at(at, 4))
        if frame is None or (run is None and not _goes_on(data, at, frame)):
            found = next(_frames(data, at + 1), data.size)
            if found == data.size:
                break
            strange += found - at
            at = found
            continue
        if at + frame.length > data.size:
            break
        mark = data.at(at + frame.index, 16)
        is_index = mark[:4] in (b"Xing", b"Info")
        if run is None or is_index or frame.kind != run.kind:
            run = _Run(data.at(at, 4), at, frame.kind)
            runs.append(run)
        if is_index:
            run.length = frame.length
            run.index = int.from_bytes(mark[8:12], "big") if mark[7] & 1 else -1
        else:
            run.frames += 1
        at += frame.length
        run.end = at
    runs = [run for run in runs if run.frames]
    if not runs:
        return Layout()
    if len({run.kind[1:] for run in runs}) > 1:
        return Layout(
            fault="holds streams of several rates or numbers of channels; save each alone"
        )
    notes = []
    left = data.size - at
    if left > 0 and not data.is_padding(at, data.size):
        frame = _Frame.read(data.at(at, 4))
        if frame is None or frame.length < left:
            return Layout(fault=_behind(left))
        if not runs[-1].index:
            notes.append("ends within a frame: it may be cut short")
    if strange:
        notes.append(f"holds {strange} bytes between its frames that are no sound")
    if len(runs) > 1:
        notes.append(f"holds {len(runs)} joined streams")
    elif runs[0].index >= runs[0].frames:
        return Layout(notes=tuple(notes))
    return Layout(tuple(map(_indexed, runs)), notes=tuple(notes))


def _goes_on(data: _Bytes, at: int, frame: _Frame) -> bool:
    """Whether a frame is followed by another of its kind, or by the end of the file or a tag."""
    behind = at + frame.length
    after = _Frame.read(data.at(behind, 4))
    if after is not None:
        return after.kind == frame.kind
    return behind == data.size or data.at(behind, 8).startswith(_TAGS)


def _frames(data: _Bytes, at: int) -> Iterator[int]:
    """Places from `at` on where frames, or tags before them, begin again."""
    sync = re.compile(rb"\xff[\xe0-\xff]|ID3|TAG|APETAGEX")
    while (at := data.find(sync, at, 8)) >= 0:
        frame = _Frame.read(data.at(at, 4))
        if data.tag(at) or (frame is not None and _goes_on(data, at, frame)):
            yield at
        at += 1


def _indexed(run: _Run) -> Stream:
    """A run of frames with an index that counts them all; its own where that does."""
    if run.index >= run.frames:
        return Stream(run.start, run.end)
    start, first = run.start + run.length, bytearray(run.first)
    first[1] |= 1  # no checksum
    first[2] = first[2] & 0x0F | 0x90  # a frame with room for the index
    frame = _Frame.read(bytes(first))
    assert frame is not None
    size = frame.length + run.end - start
    index = b"Xing" + struct.pack(">III", 3, run.frames, size)
    head = (bytes(first) + bytes(frame.index - 4) + index).ljust(frame.length, b"\0")
    return Stream(start, run.end, head)


# --- WAV: the length of the sound, the last chunk, where it was never written or is a bit off ----

# Writers to a pipe leave one of these, or 0; recorders that came not to write it do the same.
_OPEN = (range(0x7FFFF000, 0x80000101), range(0xFFFFFF00, 0x100000000))
# Bytes that a header may be off: those of itself, mostly.
SLIGHT = 64


def is_open(length: int) -> bool:
    """Tell whether a length is what writers leave where they cannot know it."""
    return any(length in each for each in _OPEN)


def _wav(data: _Bytes, number: str) -> Layout:
    at = 12
    while at + 8 <= data.size:
        name, length = data.at(at, 4), struct.unpack(number, data.at(at + 4, 4))[0]
        if name == b"data":
            there = data.size - at - 8
            follows = there - length
            is_short = 0 < follows <= SLIGHT and not _is_chunk(data, at + 8 + length, number)
            is_open_end = length == 0 and there > SLIGHT
            is_open_end = is_open_end and not _is_chunk(data, at + 8, number)
            if follows < 0 or there >= 1 << 32 or not (is_short or is_open_end):
                return Layout()
            if is_short and data.is_padding(data.size - follows, data.size):
                return Layout()
            head = data.at(0, at + 4) + struct.pack(number, there)
            return Layout((Stream(at + 8, data.size, head),))
        at += 8 + length + length % 2
    return Layout()


def _is_chunk(data: _Bytes, at: int, number: str) -> bool:
    """Whether a chunk or a tag begins at a place, or a byte later."""
    for place in (at, at + 1):
        head = data.at(place, 8)
        if head.startswith(_TAGS):
            return True
        if len(head) == 8 and all(0x20 <= byte < 0x7F for byte in head[:4]):
            length = struct.unpack(number, head[4:])[0]
            if place + 8 + length <= data.size + 1:
                return True
    return len(data.at(at, 8)) < 2
