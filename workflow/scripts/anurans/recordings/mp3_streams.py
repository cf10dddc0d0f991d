"""Streams of an MP3 (ISO 11172-3): frames with their lengths; the first may be an index of all."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from anurans.recordings.stream_layout import TAGS, FileBytes, Layout, Stream, what_follows

_RATES = (44100, 48000, 32000)
_KBIT = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the header of a frame of layer III says: bytes, samples, rate, bytes to an index."""

    length: int
    samples: int
    kind: tuple[int, int, bool]
    index: int

    @classmethod
    def read(cls, head: bytes) -> "Frame | None":
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


def mp3_streams(data: FileBytes) -> Layout:
    """Find the runs of frames of an MP3, each read with an index that counts them all."""
    runs: list[_Run] = []
    at, run, strange = 0, None, 0
    while at < data.size:
        if length := data.tag(at):
            at, run = at + length, None
            continue
        frame = Frame.read(data.at(at, 4))
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
        frame = Frame.read(data.at(at, 4))
        if frame is None or frame.length < left:
            return Layout(fault=what_follows(left))
        if not runs[-1].index:
            notes.append("ends within a frame: it may be cut short")
    if strange:
        notes.append(f"holds {strange} bytes between its frames that are no sound")
    if len(runs) > 1:
        notes.append(f"holds {len(runs)} joined streams")
    elif runs[0].index >= runs[0].frames:
        return Layout(notes=tuple(notes))
    return Layout(tuple(map(_indexed, runs)), notes=tuple(notes))


def _goes_on(data: FileBytes, at: int, frame: Frame) -> bool:
    """Whether a frame is followed by another of its kind, or by the end of the file or a tag."""
    behind = at + frame.length
    after = Frame.read(data.at(behind, 4))
    if after is not None:
        return after.kind == frame.kind
    return behind == data.size or data.at(behind, 8).startswith(TAGS)


def _frames(data: FileBytes, at: int) -> Iterator[int]:
    """Places from `at` on where frames, or tags before them, begin again."""
    sync = re.compile(rb"\xff[\xe0-\xff]|ID3|TAG|APETAGEX")
    while (at := data.find(sync, at, 8)) >= 0:
        frame = Frame.read(data.at(at, 4))
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
    frame = Frame.read(bytes(first))
    assert frame is not None
    size = frame.length + run.end - start
    index = b"Xing" + struct.pack(">III", 3, run.frames, size)
    head = (bytes(first) + bytes(frame.index - 4) + index).ljust(frame.length, b"\0")
    return Stream(start, run.end, head)
