"""Where the sound of a file lies: streams that are joined, and headers that state another length.

libsndfile reads the first of several streams that were put one behind the other, and of an MP3
without an index as much as the rate of its first frame lets it guess; it cannot read FLAC of
unknown length. Here a file is divided into its streams; a header that is wrong is replaced while
the file is read. Nothing is written.
"""

import io
import os
from pathlib import Path

from anurans.recordings.flac_streams import flac_streams
from anurans.recordings.mp3_streams import Frame, mp3_streams
from anurans.recordings.ogg_streams import ogg_streams
from anurans.recordings.stream_layout import FileBytes, Layout, Stream
from anurans.recordings.wav_streams import wav_streams


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
        bytes_of = FileBytes(file)
        head = bytes_of.at(0, 16)
        if head[:4] == b"OggS":
            return ogg_streams(bytes_of)
        if head[:4] == b"fLaC":
            return flac_streams(bytes_of)
        if head[:4] in (b"RIFF", b"RIFX") and head[8:12] == b"WAVE":
            return wav_streams(bytes_of, "<I" if head[:4] == b"RIFF" else ">I")
        if head[:3] == b"ID3" or Frame.read(head[:4]):
            return mp3_streams(bytes_of)
    return Layout()
