"""The sound of a WAV whose length was never written, or is a few bytes off."""

import struct

from anurans.recordings.stream_layout import TAGS, FileBytes, Layout, Stream

# Writers to a pipe leave one of these, or 0; recorders that came not to write it do the same.
_OPEN = (range(0x7FFFF000, 0x80000101), range(0xFFFFFF00, 0x100000000))
# Bytes that a header may be off: those of itself, mostly.
SLIGHT = 64


def is_open(length: int) -> bool:
    """Tell whether a length is what writers leave where they cannot know it."""
    return any(length in each for each in _OPEN)


def wav_streams(data: FileBytes, number: str) -> Layout:
    """Give the sound a length; `number` is how the file writes one, as `struct` has it."""
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


def _is_chunk(data: FileBytes, at: int, number: str) -> bool:
    """Whether a chunk or a tag begins at a place, or a byte later."""
    for place in (at, at + 1):
        head = data.at(place, 8)
        if head.startswith(TAGS):
            return True
        if len(head) == 8 and all(0x20 <= byte < 0x7F for byte in head[:4]):
            length = struct.unpack(number, head[4:])[0]
            if place + 8 + length <= data.size + 1:
                return True
    return len(data.at(at, 8)) < 2
