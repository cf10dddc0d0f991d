"""What recorders write into WAV files, written by tests."""

import struct
from pathlib import Path

COMMENT = "Recorded at {} by AudioMoth 24526B065D325963 at gain setting 2 while battery was 4.7V."


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a WAV file."""
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def comment(said: str) -> bytes:
    """The comment of an AudioMoth, with a time such as `10:25:00 04/04/2020 (UTC-3)`."""
    text = COMMENT.format(said).encode() + b"\0"
    return chunk(b"LIST", b"INFO" + chunk(b"ICMT", text))


def write_comment(path: Path, said: str) -> None:
    """Put the comment of an AudioMoth behind the sound of a WAV file."""
    data = path.read_bytes() + comment(said)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(data) - 8) + data[8:])
