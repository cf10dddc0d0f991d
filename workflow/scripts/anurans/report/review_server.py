"""Serves review pages to a phone in the same network, and takes the verdicts that it hands in.

`make review-serve` runs it. Nothing but the pages is served, and nothing but verdict files is
taken, into a folder of their own, where no file is ever written over.
"""

import argparse
import ipaddress
import re
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from anurans.common.errors import UserError
from anurans.report.html import render

# Of a verdict file: 200 questions about 20 species with notes take 2 MB.
MOST_BYTES = 20_000_000
PAGE = re.compile(r"/([\w-]+\.html)")
VERDICTS = re.compile(r"/(verdicts-[\w-]{1,150})\.csv")
LOCAL = ("localhost", "127.0.0.1", "::1")


class ReviewServer(ThreadingHTTPServer):
    """Serves the pages of a folder.

    Parameters
    ----------
    address
        Host and port to be bound to; port 0 takes a free one.
    pages
        Folder of the pages.
    verdicts
        Folder that verdict files are put into; made with the first.
    """

    daemon_threads = True

    def __init__(self, address: tuple[str, int], pages: Path, verdicts: Path) -> None:
        super().__init__(address, Handler)
        self.pages, self.verdicts = pages, verdicts

    def listed(self) -> list[str]:
        """Names of the pages that are there now."""
        found = (path.name for path in self.pages.glob("*.html") if path.is_file())
        return sorted(name for name in found if PAGE.fullmatch(f"/{name}"))

    def keep(self, name: str, text: bytes) -> Path:
        """Put a file into the folder of verdicts, numbered where there is one of its name."""
        self.verdicts.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            path = self.verdicts / f"{name}{'' if number == 1 else f'-{number}'}.csv"
            try:
                with path.open("xb") as file:
                    file.write(text)
                return path
            except FileExistsError:
                if path.read_bytes() == text:  # handed in twice
                    return path
                number += 1


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: ReviewServer
    server_version = "anurans"
    sys_version = ""

    def do_GET(self) -> None:
        """Send the list of pages, or one of them."""
        if not self._is_ours():
            return
        path = unquote(urlsplit(self.path).path)
        if path == "/":
            names = [name.removesuffix(".html") for name in self.server.listed()]
            text = render("queues", "Queues to listen to", "Each is one page.", names=names)
            self._send(text.encode(), "text/html; charset=utf-8")
        elif (found := PAGE.fullmatch(path)) and found[1] in self.server.listed():
            page = (self.server.pages / found[1]).read_bytes()
            self._send(page, "text/html; charset=utf-8")
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "There is no such page.")

    def do_POST(self) -> None:
        """Take a verdict file."""
        found = VERDICTS.fullmatch(unquote(urlsplit(self.path).path))
        size = self.headers.get("Content-Length", "")
        if not self._is_ours():
            return
        if not found:
            self._refuse(
                HTTPStatus.BAD_REQUEST,
                "Only files named verdicts-QUEUE-NAME.csv are taken.",
            )
        elif not re.fullmatch(r"\d{1,12}", size):
            self._refuse(
                HTTPStatus.LENGTH_REQUIRED, "The request does not tell the size of the file."
            )
        elif int(size) > MOST_BYTES:
            self._refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The file has {int(size)} bytes; {MOST_BYTES} are taken at most.",
            )
        else:
            text = self.rfile.read(int(size))
            if len(text) < int(size) or not _is_verdicts(text):
                self._refuse(HTTPStatus.BAD_REQUEST, "This is no whole verdict file.")
                return
            path = self.server.keep(found[1], text)
            print(f"handed in: {path}", flush=True)
            self._send(path.name.encode(), "text/plain; charset=utf-8", HTTPStatus.CREATED)

    def _is_ours(self) -> bool:
        """Refuse what a page of elsewhere asks for in this browser, by its own name for us."""
        host = self.headers.get("Host", "")
        origin = self.headers.get("Origin")
        named = urlsplit(f"//{host}").hostname or ""
        known = named in (*LOCAL, str(self.server.server_address[0]), socket.gethostname().lower())
        if (known or _is_address(named)) and origin in (None, f"http://{host}"):
            return True
        self._refuse(HTTPStatus.FORBIDDEN, "Open the address that make review-serve prints.")
        return False

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        # What was not read of the request is of no use.
        self.close_connection = True
        self._send(sentence.encode(), "text/plain; charset=utf-8", status)

    def _send(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of what is looked at."""


def _is_verdicts(text: bytes) -> bool:
    """Whether it is text whose first line names the columns of verdicts."""
    try:
        columns = text.decode().split("\n", 1)[0].split(",")
    except UnicodeDecodeError:
        return False
    return {"queue", "question", "species", "answer", "who"} <= set(columns)


def _is_address(name: str) -> bool:
    """Whether a host is written as numbers, which no other server's name can be."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def addresses(host: str, port: int) -> list[str]:
    """Addresses that the pages can be opened at, that for other machines last."""
    if host not in ("", "0.0.0.0"):
        return [f"http://{host}:{port}/"]
    found = [f"http://localhost:{port}/"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks which way would be taken
            found.append(f"http://{probe.getsockname()[0]}:{port}/")
        except OSError:
            pass
    return found


def main(arguments: list[str] | None = None) -> None:
    """Serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description="Serve review pages, and take verdicts.")
    parser.add_argument("--pages", type=Path, default=Path("results/review"))
    parser.add_argument("--verdicts", type=Path, default=Path("verdicts"))
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0: every machine in the network")
    parser.add_argument("--port", type=int, default=8017)
    given = parser.parse_args(arguments)
    try:
        if not given.pages.is_dir():
            raise UserError(f"{given.pages}: no such folder; run snakemake review first.")
        try:
            server = ReviewServer((given.host, given.port), given.pages, given.verdicts)
        except OSError as error:
            raise UserError(
                f"Nothing can be served at {given.host}, port {given.port}: {error.strerror}; "
                "choose others with HOST=... and PORT=..."
            ) from None
    except UserError as error:
        parser.exit(1, f"{error}\n")
    print("Review pages:", *addresses(given.host, server.server_port), flush=True)
    if given.host in LOCAL:
        print("For a phone in the same network: make review-serve HOST=0.0.0.0", flush=True)
    print(f"Verdicts that are handed in go to {given.verdicts}/. Ctrl+C ends it.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
