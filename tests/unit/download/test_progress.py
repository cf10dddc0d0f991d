"""What is said of how far a download is."""

import io
import re
import threading

from anurans.download import progress
from anurans.download.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_lines_in_a_file(monkeypatch):
    monkeypatch.setattr(progress, "EVERY", {False: 0.0, True: 0.0})
    stream = io.StringIO()
    line = Progress(3, 4_000_000, stream)
    line.add(1_000_000)
    line.add(1_000_000, files=1)
    line.add(-1_000_000)
    first, second, third = stream.getvalue().splitlines()
    assert re.fullmatch(
        r" 25%  0 of 3 files, 1.0 MB of 4.0 MB, \S+ [kMG]?B/s, a few seconds left", first
    )
    assert second.startswith(" 50%  1 of 3 files, 2.0 MB of 4.0 MB")
    assert third.startswith(" 25%  1 of 3 files")
    line.end()
    assert stream.getvalue().endswith("\n")


def test_one_line_on_a_terminal(monkeypatch):
    monkeypatch.setattr(progress, "EVERY", {False: 99.0, True: 0.0})
    stream = Terminal()
    line = Progress(1, 10, stream)
    line.add(5)
    line.add(5, files=1)
    line.end()
    assert stream.getvalue().count("\r") == 3 and stream.getvalue().count("\n") == 1
    assert "100%  1 of 1 file, 10 B of 10 B" in stream.getvalue()


def test_it_is_quiet_in_between():
    stream = io.StringIO()
    line = Progress(1000, 1000, stream)
    threads = [
        threading.Thread(target=lambda: [line.add(1, files=1) for _ in range(250)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stream.getvalue() == ""
    assert (line.done_bytes, line.done_files) == (1000, 1000)


def test_nothing_to_fetch():
    assert Progress(0, 0, io.StringIO()).line().startswith("100%  0 of 0 files, 0 B of 0 B")
