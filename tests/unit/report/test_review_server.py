"""The server gives pages alone, takes verdicts alone, and writes over nothing."""

import http.client
import threading

import pytest

from anurans.report import review_server
from anurans.report.review_server import ReviewServer, addresses, main

TEXT = b"queue,question,species,answer,who\ncheck-1,q1,LOW,present,Ana\n"
NAME = "verdicts-check-1-Ana.csv"


@pytest.fixture
def server(tmp_path):
    """A server of one page, on a port that is free."""
    pages = tmp_path / "results/review"
    (pages / "queues").mkdir(parents=True)
    (pages / "check-1.html").write_text("<p>questions</p>")
    (pages / "queues/check-1.csv").write_text("score\n0.9\n")
    (tmp_path / "secret.html").write_text("secret")
    found = ReviewServer(("127.0.0.1", 0), pages, tmp_path / "verdicts")
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


def ask(server, method, path, body=None, **headers):
    """Status and text of an answer; headers have underscores for dashes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, given)
    reply = connection.getresponse()
    found = reply.status, reply.read().decode()
    connection.close()
    return found


def test_pages_are_listed_and_served(server):
    status, text = ask(server, "GET", "/")
    assert status == 200 and 'href="check-1.html"' in text
    assert ask(server, "GET", "/check-1.html?x=1") == (200, "<p>questions</p>")


@pytest.mark.parametrize(
    "path",
    [
        "/queues/check-1.csv",
        "/../../secret.html",
        "/%2e%2e/%2e%2e/secret.html",
        "/..%2f..%2fsecret.html",
        "/secret.html",
        "//etc/passwd",
        "/queues",
    ],
)
def test_nothing_else_is_served(server, path):
    assert ask(server, "GET", path)[0] == 404


def test_verdicts_are_kept_and_never_written_over(server):
    kept = server.verdicts
    assert ask(server, "POST", f"/{NAME}", TEXT) == (201, NAME)
    # The same once more, then one with more answers.
    assert ask(server, "POST", f"/{NAME}", TEXT) == (201, NAME)
    assert ask(server, "POST", f"/{NAME}", TEXT * 2) == (201, "verdicts-check-1-Ana-2.csv")
    assert (kept / NAME).read_bytes() == TEXT
    assert (kept / "verdicts-check-1-Ana-2.csv").read_bytes() == TEXT * 2
    assert len(list(kept.iterdir())) == 2


def test_names_of_any_alphabet_are_taken(server):
    status, name = ask(server, "POST", "/verdicts-check-1-%E7%8E%8B%E8%8A%B3.csv", TEXT)
    assert (status, name) == (201, "verdicts-check-1-王芳.csv")


@pytest.mark.fault(
    "Review",
    "a file that is not a verdict file, handed in to `make review-serve`",
    sees="This is no whole verdict file.",
    kept="all files that are there",
)
@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"/{NAME}", b"<html>", 400),
        (f"/{NAME}", b"\xff\xfe", 400),
        ("/verdicts-../../x.csv", TEXT, 400),
        ("/verdicts-%2e%2e%2fx.csv", TEXT, 400),
        ("/config.yaml", TEXT, 400),
        ("/verdicts-a.csv.html", TEXT, 400),
    ],
)
def test_what_is_no_verdict_file_is_refused(server, path, body, status, sees):
    found, said = ask(server, "POST", path, body)
    assert found == status
    assert (sees in said) == (path == f"/{NAME}")
    assert not server.verdicts.exists()


def test_a_file_that_is_too_large_is_refused_unread(server, monkeypatch):
    monkeypatch.setattr(review_server, "MOST_BYTES", 100)
    assert ask(server, "POST", f"/{NAME}", TEXT * 10)[0] == 413
    assert not server.verdicts.exists()


def test_pages_of_elsewhere_cannot_hand_in_or_read(server):
    own = f"http://127.0.0.1:{server.server_port}"
    assert ask(server, "POST", f"/{NAME}", TEXT, Origin="https://elsewhere.org")[0] == 403
    assert ask(server, "POST", f"/{NAME}", TEXT, Host="elsewhere.org")[0] == 403
    assert ask(server, "GET", "/check-1.html", Host="elsewhere.org:8017")[0] == 403
    assert not server.verdicts.exists()
    assert ask(server, "POST", f"/{NAME}", TEXT, Origin=own)[0] == 201


def test_addresses_for_this_machine_and_for_others():
    assert addresses("127.0.0.1", 8017) == ["http://127.0.0.1:8017/"]
    assert addresses("0.0.0.0", 8017)[0] == "http://localhost:8017/"


@pytest.mark.fault(
    "Review",
    "`make review-serve` before there is a page",
    sees="no such folder; run snakemake review first.",
    kept="nothing to keep",
)
def test_no_page_is_one_sentence(tmp_path, capsys, sees):
    with pytest.raises(SystemExit) as ended:
        main(["--pages", str(tmp_path / "none")])
    assert ended.value.code == 1
    assert sees in capsys.readouterr().err


@pytest.mark.fault(
    "Review",
    "a port for `make review-serve` that another program uses",
    sees="choose others with HOST=... and PORT=...",
    kept="nothing to keep",
)
def test_a_port_that_is_taken_is_one_sentence(server, capsys, sees):
    given = ["--pages", str(server.pages), "--port", str(server.server_port)]
    with pytest.raises(SystemExit):
        main(given)
    assert sees in capsys.readouterr().err
