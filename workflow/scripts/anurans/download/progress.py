"""A line that says how far a download is."""

import sys
import threading
import time
from typing import TextIO

from anurans.common.wording import counted, round_time
from anurans.plan.costs import size

EVERY = {True: 0.5, False: 15.0}  # s between two lines, on a terminal and in a file


class Progress:
    """Counts what threads have fetched, and says so now and then.

    Parameters
    ----------
    files, n_bytes
        How much there is to fetch.
    stream
        Where to write; on a terminal one line is written over and over.
    """

    def __init__(self, files: int, n_bytes: int, stream: TextIO | None = None) -> None:
        self.files, self.n_bytes = files, n_bytes
        self.stream = stream or sys.stdout
        self.done_files = self.done_bytes = 0
        self._lock = threading.Lock()
        self._began = self._said = time.monotonic()

    def add(self, n_bytes: int, files: int = 0) -> None:
        """Count bytes or files; negative bytes where some are to be fetched again."""
        with self._lock:
            self.done_bytes += n_bytes
            self.done_files += files
            now = time.monotonic()
            if now - self._said >= EVERY[self.stream.isatty()]:
                self._said = now
                self._say()

    def end(self) -> None:
        """Write the last line."""
        with self._lock:
            self._say()
            if self.stream.isatty():
                print(file=self.stream)

    def line(self) -> str:
        """How far it is: share, files, bytes, rate, and the time that is left at this rate."""
        passed = max(time.monotonic() - self._began, 1e-9)
        rate = self.done_bytes / passed
        share = self.done_bytes / self.n_bytes if self.n_bytes else 1.0
        left = (
            f", {round_time((self.n_bytes - self.done_bytes) / rate)} left" if 0 < share < 1 else ""
        )
        return (
            f"{share:4.0%}  {self.done_files} of {counted(self.files, 'file')}, "
            f"{size(self.done_bytes)} of {size(self.n_bytes)}, {size(rate)}/s{left}"
        )

    def _say(self) -> None:
        if self.stream.isatty():
            print(f"\r{self.line()}\x1b[K", end="", file=self.stream, flush=True)
        else:
            print(self.line(), file=self.stream, flush=True)
