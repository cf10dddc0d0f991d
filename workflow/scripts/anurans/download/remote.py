"""A file on a web server, read in parts, with patience for networks that fail now and then.

A part is asked for by HTTP's Range (RFC 9110, section 14). The answer stays open, and what is read
next is taken from it: a whole stretch of a file costs one request, where Zenodo allows 60 a minute.
The standard library's `zipfile` reads an archive through such a file; `remotezip` does so too, but
asks anew for every member, takes a short answer for a whole one, and never tries again.
"""

import http.client
import io
import threading
import time
from dataclasses import dataclass

import requests
import urllib3

from anurans.common.errors import UserError

TAIL = 2**18  # of the end of a file, where a zip has its directory: read at once, and kept
SKIPPED = 2**20  # a gap that is read rather than asked anew
CHUNK = 2**16  # read at once: not more than that is lost where a connection breaks
TIMEOUT = (20, 60)  # s without a connection; without a byte
BUSY = {429, 500, 502, 503, 504}
NO_PARTS = (
    "this server does not serve parts of files (it ignores Range), and the whole file is not "
    "fetched for a part; name another server in the config (download), or fetch and unpack the "
    "file by hand (docs/data.md)."
)
# What the layers below raise when a connection fails.
BROKEN = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
)
# What is wrong with the address or a certificate does not mend itself.
HOPELESS = (
    requests.exceptions.SSLError,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.TooManyRedirects,
)


class StoppedError(Exception):
    """Another part of the same download has failed."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often something is tried, and how long is waited between (s): longer each time."""

    tries: int = 7
    pause: float = 1.0
    longest: float = 120.0

    def after(self, failures: int, wished: float = 0.0) -> float:
        """Seconds to wait after so many failures, where the server wishes for some."""
        return min(max(self.pause * 2 ** (failures - 1), wished), self.longest)


class RemoteFile(io.RawIOBase):
    """A file on a web server that is read like one on the disk.

    Parameters
    ----------
    url
        Its address.
    patience
        What failures are borne; they are counted anew after `begin`.
    stop
        When set from another thread, the next read raises `StoppedError`.

    Raises
    ------
    UserError
        Here and when it is read, with a sentence: no network, no such file, a server that refuses,
        is busy, does not serve parts, or breaks off again and again.
    """

    def __init__(
        self,
        url: str,
        patience: Patience | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        super().__init__()
        self.url = url
        self.patience = patience or Patience()
        self.stop = stop or threading.Event()
        self.size: int | None = None
        self.in_parts = True
        self.requests = 0
        self._session = requests.Session()
        self._answer: requests.Response | None = None
        self._at = self._end = 0  # what is next in the answer, and where it ends
        self._until = 0
        self._place = 0
        self._failures = 0
        self._tail = b""

    @classmethod
    def archive(cls, *args, **kwargs) -> "RemoteFile":
        """Open a file whose end is needed first: its size and last part are read at once."""
        file = cls(*args, **kwargs)
        file.find()
        if not file.in_parts:
            raise UserError(f"{file.url}: {NO_PARTS}")
        file.seek(max(0, file.length() - TAIL))
        file._tail = file.read(TAIL)
        file.seek(0)
        return file

    def another(self) -> "RemoteFile":
        """Give the same file with a place and a connection of its own, for another thread."""
        file = RemoteFile(self.url, self.patience, self.stop)
        file.size, file._tail = self.size, self._tail
        return file

    def find(self) -> None:
        """Ask for its size, and whether the server serves parts."""
        self._connect(0, 1)
        self._hang_up()

    def length(self) -> int:
        """Give its size in bytes; asks the server for it where it is not known."""
        if self.size is None:
            self._connect(self._place, 1)
        if self.size is None:
            raise AssertionError  # _take has set it, or raised
        return self.size

    def begin(self, until: int) -> None:
        """Say that all up to `until` is going to be read, and forget what has failed before."""
        self._until = until
        self._failures = 0

    def forget(self) -> None:
        """Read all anew from here on, what is known already too."""
        self._hang_up()
        self._tail = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes: the next read asks for another part."""
        return True

    def tell(self) -> int:
        """Place of the next byte."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        start = 0
        if whence != io.SEEK_SET:
            start = self._place if whence == io.SEEK_CUR else self.length()
        if start + offset < 0:
            raise OSError(22, "a place before the file's beginning")
        self._place = start + offset
        return self._place

    def readinto(self, buffer) -> int:
        """Fill the buffer; less only at the end of the file."""
        view = memoryview(buffer).cast("B")
        whole = self.length()
        wanted = min(len(view), max(0, whole - self._place))
        done = 0
        while done < wanted:
            self._check()
            kept = whole - len(self._tail)
            if self._tail and self._place >= kept:
                data = self._tail[self._place - kept :][: wanted - done]
            else:
                data = self._next(wanted - done)
            view[done : done + len(data)] = data
            done += len(data)
            self._place += len(data)
        return done

    def close(self) -> None:
        """End the connection."""
        self._hang_up()
        self._session.close()
        super().close()

    def _next(self, wanted: int) -> bytes:
        """Some bytes at the present place; none where the connection broke."""
        ahead = self._place - self._at
        is_near = ahead >= 0 and (ahead <= SKIPPED or not self.in_parts)
        answer = self._answer
        if answer is None or not is_near or self._place >= self._end:
            answer = self._connect(self._place, wanted)
        skip = self._place - self._at
        try:
            data = answer.raw.read(min(skip or wanted, self._end - self._at, CHUNK))
            if not data:
                raise ConnectionError("it ended early")
        except BROKEN as error:
            self._hang_up()
            self._failed(f"the connection broke at {self._place} of {self.size} bytes", error)
            return b""
        self._at += len(data)
        return b"" if skip else data

    def _connect(self, start: int, wanted: int) -> requests.Response:
        """Ask for the file from `start` on; for as much as is going to be read."""
        self._hang_up()
        last = max(start + wanted, self._until) - 1
        while True:
            self._check()
            self.requests += 1
            headers = {"Range": f"bytes={start}-{last}", "Accept-Encoding": "identity"}
            try:
                answer = self._session.get(self.url, headers=headers, stream=True, timeout=TIMEOUT)
            except HOPELESS as error:
                raise UserError(f"{self.url}: cannot be fetched: {_reason(error)}.") from None
            except BROKEN as error:
                self._failed("cannot be reached; is there a network", error)
                continue
            if answer.status_code in BUSY:
                wished = _wished(answer)
                answer.close()
                what = f"the server is busy or limits requests (HTTP {answer.status_code})"
                self._failed(what, None, wished)
                continue
            self._answer = answer
            try:
                self._take(answer, start)
            except UserError:
                self._hang_up()
                raise
            return answer

    def _take(self, answer: requests.Response, start: int) -> None:
        """Look at what the server says it gives."""
        status = answer.status_code
        if status == 206:
            part, _, size = answer.headers.get("Content-Range", "").partition(" ")[2].partition("/")
            first, _, last = part.partition("-")
            if first != str(start) or not last.isdigit() or not size.isdigit():
                raise UserError(
                    f"{self.url}: the server was asked for the part from byte {start} on and gave "
                    f"{answer.headers.get('Content-Range', 'one that it does not name')!r}; name "
                    "another server in the config (download)."
                )
            self._at, self._end = start, int(last) + 1
            self._sized(int(size))
        elif status == 200 and ((start == 0 and not self._until) or not self.in_parts):
            # All of it: good for who reads it from the beginning.
            self.in_parts = False
            length = answer.headers.get("Content-Length", "")
            if not length.isdigit():
                raise UserError(f"{self.url}: the server does not say how large the file is.")
            self._at, self._end = 0, int(length)
            self._sized(self._end)
        elif status == 200:
            raise UserError(f"{self.url}: {NO_PARTS}")
        else:
            raise UserError(f"{self.url}: {_refusal(status)} (HTTP {status}).")

    def _sized(self, size: int) -> None:
        if self.size not in (None, size):
            raise UserError(
                f"{self.url}: the file had {self.size} bytes and now has {size}: it changed "
                "meanwhile; run the same command again."
            )
        self.size = size

    def _failed(self, what: str, error: Exception | None, wished: float = 0.0) -> None:
        """Wait before the next try, or give up."""
        self._failures += 1
        if self._failures >= self.patience.tries:
            reason = f" ({_reason(error)})" if error else ""
            raise UserError(
                f"{self.url}: {what}{reason}, {self._failures} times in a row; run the same "
                "command again later. What was fetched is kept."
            )
        self.stop.wait(self.patience.after(self._failures, wished))

    def _check(self) -> None:
        if self.stop.is_set():
            raise StoppedError

    def _hang_up(self) -> None:
        if self._answer is not None:
            self._answer.close()
        self._answer = None


def _wished(answer: requests.Response) -> float:
    """Seconds that a busy server wishes to be left alone, 0 where it does not say."""
    text = answer.headers.get("Retry-After", "")
    reset = answer.headers.get("X-RateLimit-Reset", "")
    if text.isdigit():
        return float(text)
    return max(0.0, float(reset) - time.time()) if reset.isdigit() else 0.0


def _refusal(status: int) -> str:
    if status in (401, 403):
        return "the server refuses: it may be closed to this address, or ask for a login"
    if status in (404, 410):
        return "there is no such file; correct the address in the config (download)"
    return "the server does not give the file"


def _reason(error: BaseException) -> str:
    """What lies below an error, in its own words, without addresses of objects in memory."""
    inner = error
    while deeper := inner.__cause__ or inner.__context__:
        inner = deeper
    return str(inner) or type(inner).__name__
