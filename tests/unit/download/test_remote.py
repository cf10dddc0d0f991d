"""Files of a web server on this machine, read in parts."""

import random
import re
import socket
import threading
import time

import pytest
from serving import serving

from anurans.common.errors import UserError
from anurans.download import remote
from anurans.download.remote import Patience, RemoteFile, StoppedError

KEPT = "what was fetched before; run the same command to go on"
QUICK = Patience(tries=4, pause=0.001)
CONTENT = random.Random(1).randbytes(3 * 2**20)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.bin").write_bytes(CONTENT)
    return tmp_path


def refusal(url, **how):
    with pytest.raises(UserError) as caught, RemoteFile(url, QUICK) as file:
        file.read(10)
    return str(caught.value)


def test_a_part_is_read_as_of_a_file_on_the_disk(folder):
    with serving(folder) as server, RemoteFile.archive(f"{server.url}/a.bin", QUICK) as file:
        assert file.size == len(CONTENT) and file.tell() == 0
        for place, length in ((0, 10), (1000, 5000), (2 * 2**20, 2**17), (500, 3), (2**20, 1)):
            file.seek(place)
            assert file.read(length) == CONTENT[place : place + length]
            assert file.tell() == place + length
        assert file.seek(-22, 2) == len(CONTENT) - 22
        assert file.read() == CONTENT[-22:] and file.read(5) == b""
        assert file.seek(10**9) == 10**9 and file.read(5) == b""
        with pytest.raises(OSError):
            file.seek(-1)


def test_the_end_is_found_of_a_file_that_was_not_asked_about(folder):
    with serving(folder) as server, RemoteFile(f"{server.url}/a.bin", QUICK) as file:
        assert file.seek(-22, 2) == len(CONTENT) - 22
        assert file.read() == CONTENT[-22:]


def test_a_stretch_costs_one_request(folder):
    """Small gaps are read over; what is read again, or far ahead, is asked for anew."""
    with serving(folder) as server, RemoteFile(f"{server.url}/a.bin", QUICK) as file:
        file.find()
        file.begin(2 * 2**20)
        for place in range(0, 2**20, 2**17):
            file.seek(place + 100)
            assert file.read(2**16) == CONTENT[place + 100 : place + 100 + 2**16]
        asked = [part for _, part in server.asked]
        assert asked == ["bytes=0-0", f"bytes=100-{2 * 2**20 - 1}"]
        file.seek(0)
        assert file.read(1) == CONTENT[:1]
        assert len(server.asked) == file.requests == 3


def test_the_end_is_fetched_once_for_all_threads(folder):
    with serving(folder) as server, RemoteFile.archive(f"{server.url}/a.bin", QUICK) as file:
        with file.another() as other:
            other.seek(-100, 2)
            assert other.read() == CONTENT[-100:]
        assert len(server.asked) == 2
        file.forget()
        file.seek(-100, 2)
        assert file.read() == CONTENT[-100:]
        assert len(server.asked) == 3


@pytest.mark.parametrize("in_parts", [True, False])
def test_a_connection_that_breaks_goes_on_where_it_broke(folder, in_parts):
    """Where the server gives the whole only, what came before is read over."""
    how = {"in_parts": in_parts, "breaks_after": 2**20, "breaks": 2}
    with serving(folder, **how) as server, RemoteFile(f"{server.url}/a.bin", QUICK) as file:
        file.find()
        server.breaks = 2
        file.begin(file.size)
        assert file.read() == CONTENT
        assert server.breaks == 0
        starts = [int(re.findall(r"\d+", part)[0]) for _, part in server.asked]
        assert starts[1] == 0 < starts[2] and (starts[2] < starts[3] or not in_parts)


@pytest.mark.fault(
    "Downloads",
    "a connection that breaks again and again",
    sees="the connection broke at 0 of 3145728 bytes (",
    kept=KEPT,
)
def test_it_gives_up_in_a_sentence(folder, sees):
    with serving(folder, breaks_after=0, breaks=99) as server:
        text = refusal(f"{server.url}/a.bin")
        assert len(server.asked) == 4
    assert f"{server.url}/a.bin: {sees}" in text
    assert text.endswith(
        "), 4 times in a row; run the same command again later. What was fetched is kept."
    )


@pytest.mark.fault(
    "Downloads",
    "no network",
    sees="cannot be reached; is there a network (",
    kept=KEPT,
)
def test_no_network(sees):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = refusal(f"http://127.0.0.1:{port}/a.bin")
    assert sees in text and "refused), 4 times in a row" in text


@pytest.mark.parametrize(
    ("status", "tries"),
    [
        pytest.param(
            status, tries, marks=pytest.mark.fault("Downloads", what, sees=sees, kept=KEPT)
        )
        for status, tries, what, sees in (
            (403, 1, "a server that refuses", "the server refuses: it may be closed to this"),
            (404, 1, "a file that is not there", "there is no such file; correct the address in"),
            (418, 1, "any other answer", "the server does not give the file (HTTP 418)"),
            (
                429,
                4,
                "too many requests",
                "the server is busy or limits requests (HTTP 429), 4 times",
            ),
            (503, 4, "a busy server", "the server is busy or limits requests (HTTP 503)"),
        )
    ],
)
def test_what_the_server_says(folder, status, tries, sees):
    with serving(folder, statuses=[status] * 9) as server:
        text = refusal(f"{server.url}/a.bin")
        assert f"/a.bin: {sees}" in text and f" (HTTP {status})" in text
        assert len(server.asked) == tries


def test_a_busy_server_is_left_alone_as_long_as_it_wishes(folder):
    with serving(folder, statuses=[429], headers={"Retry-After": "1"}) as server:
        began = time.monotonic()
        with RemoteFile(f"{server.url}/a.bin", QUICK) as file:
            assert file.read(3) == CONTENT[:3]
        assert 1 <= time.monotonic() - began < 20


def test_pauses_grow_and_are_bounded():
    patience = Patience(pause=1, longest=10)
    assert [patience.after(n) for n in (1, 2, 3, 4, 5, 50)] == [1, 2, 4, 8, 10, 10]
    assert patience.after(1, wished=7) == 7
    assert patience.after(1, wished=3600) == 10
    longest = Patience()
    assert sum(longest.after(n) for n in range(1, longest.tries)) < 120


@pytest.mark.fault(
    "Downloads",
    "a server that does not serve parts of files",
    sees="this server does not serve parts of files (it ignores Range)",
    kept="nothing was fetched",
)
def test_a_server_without_parts(folder, sees):
    """It is not made to send all of a large file for the end of it."""
    with serving(folder, in_parts=False) as server:
        with pytest.raises(UserError, match=re.escape(sees)):
            RemoteFile.archive(f"{server.url}/a.bin", QUICK)
        assert len(server.asked) == 1


@pytest.mark.fault(
    "Downloads",
    "a file that changes on the server during the download",
    sees="it changed meanwhile; run the same command again",
    kept=KEPT,
)
def test_a_file_that_changes_meanwhile(folder, sees):
    with serving(folder) as server, RemoteFile.archive(f"{server.url}/a.bin", QUICK) as file:
        (folder / "a.bin").write_bytes(CONTENT + b"more")
        with pytest.raises(UserError, match=re.escape(sees)):
            file.read(10)


def test_an_address_that_is_none():
    assert "zenodo/a.zip: cannot be fetched: Invalid URL" in refusal("zenodo/a.zip")


def test_another_thread_can_stop_it(folder):
    stop = threading.Event()
    patience = Patience(tries=99, pause=60)
    with (
        serving(folder, statuses=[503] * 99) as server,
        RemoteFile(f"{server.url}/a.bin", patience, stop) as file,
    ):
        timer = threading.Timer(0.2, stop.set)
        timer.start()
        began = time.monotonic()
        with pytest.raises(StoppedError):
            file.read(1)
        assert time.monotonic() - began < 30


def test_a_silent_server_is_not_waited_for_for_ever(folder, monkeypatch):
    monkeypatch.setattr(remote, "TIMEOUT", (1, 0.2))
    with serving(folder, pause=1) as server:
        text = refusal(f"{server.url}/a.bin")
    assert "timed out" in text and "4 times in a row" in text
