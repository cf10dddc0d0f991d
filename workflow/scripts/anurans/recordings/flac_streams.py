"""Streams of a FLAC file (RFC 9639): its length is in the first block, and in the last frame."""

import re

from anurans.recordings.stream_layout import FileBytes, Layout, Stream, what_follows

_FLAC = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
_BLOCKS = {1: 192, 2: 576, 3: 1152, 4: 2304, 5: 4608}


def flac_streams(data: FileBytes) -> Layout:
    """Find the streams of a FLAC file, and their lengths by their frames."""
    starts, at = [], 0
    while (found := data.find(_FLAC, at, 8)) >= 0:
        starts.append(found)
        at = found + 8
    if not starts:  # cut short within its first bytes
        return Layout()
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
            fault = fault or what_follows(end - last)
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


def _flac_end(
    data: FileBytes, start: int, end: int, least: int, total: int
) -> tuple[int | None, int]:
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
