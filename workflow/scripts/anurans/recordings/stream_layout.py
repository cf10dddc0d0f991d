"""What is said of the streams of a file, and its bytes, a piece at a time."""

import os
import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

_PIECE = 1 << 20
# How tags begin that music players put before and behind everything.
TAGS = (b"ID3", b"TAG", b"APETAGEX")


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


class FileBytes:
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


def what_follows(count: int) -> str:
    """Fault of a file in which so many bytes follow the sound."""
    return f"is not read to its end: {count} bytes follow the sound; save it again"
