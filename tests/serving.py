"""A web server on this machine that serves a folder in parts, and fails as it is told to."""

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SENT = 2**14  # bytes at once


@dataclass
class Server:
    """What a server serves, how it fails, and what it was asked for."""

    folder: Path
    url: str = ""
    in_parts: bool = True
    # Statuses of the next answers, before it answers as it should.
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    # The connection breaks after each so many bytes, so many times.
    breaks_after: int = 0
    breaks: int = 0
    # Bytes that arrive as others, once: place in the file.
    flipped: list[int] = field(default_factory=list)
    pause: float = 0.0  # s before each of SENT
    asked: list[tuple[str, str]] = field(default_factory=list)
    sent: int = 0

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        part = request.headers.get("Range", "")
        self.asked.append((path, part))
        file = self.folder / path.lstrip("/")
        status = self.statuses.pop(0) if self.statuses else 404 if not file.is_file() else 200
        if status != 200:
            request.send_response(status)
            for name, value in self.headers.items():
                request.send_header(name, value)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        data = bytearray(file.read_bytes())
        start, stop = 0, len(data)
        if part and self.in_parts:
            first, last = re.fullmatch(r"bytes=(\d+)-(\d+)", part).groups()
            start, stop = int(first), min(int(last) + 1, len(data))
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(data)}")
        else:
            request.send_response(200)
        for place in [place for place in self.flipped if start <= place < stop]:
            data[place] ^= 0xFF
            self.flipped.remove(place)
        request.send_header("Content-Length", str(stop - start))
        request.end_headers()
        self.send(request, memoryview(data)[start:stop])

    def send(self, request: BaseHTTPRequestHandler, data: memoryview) -> None:
        breaks = self.breaks and len(data) > self.breaks_after
        for at in range(0, len(data), SENT):
            if breaks and at >= self.breaks_after:
                self.breaks -= 1
                request.close_connection = True
                return
            time.sleep(self.pause)
            request.wfile.write(data[at : at + SENT])
            self.sent += len(data[at : at + SENT])


@contextlib.contextmanager
def serving(folder: Path, **how) -> Iterator[Server]:
    """Serve a folder while the block runs."""
    server = Server(Path(folder), **how)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            # Who asked may have hung up, having seen enough.
            with contextlib.suppress(ConnectionError):
                server.answer(self)

        def log_message(self, *args):
            pass

    class Threads(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args):  # connections that the other side has ended
            pass

    with Threads(("127.0.0.1", 0), Handler) as listening:
        server.url = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
