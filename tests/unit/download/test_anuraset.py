"""A site of AnuraSet, out of archives on a server of this machine."""

import errno
import re
import shutil
import threading
import zipfile

import pytest
from archives import SITES, files, read_folder, sound, write_anuraset, write_archive
from serving import serving

from anurans.common import files as written
from anurans.common.errors import UserError
from anurans.download import anuraset
from anurans.download.anuraset import divide, download_site, members
from anurans.download.remote import Patience

QUICK = Patience(tries=3, pause=0.001)
FIRST = "recordings/INCT41_20200126_170000.wav"


class Download:
    """A server of the archives, a folder to download to, and what was said."""

    def __init__(self, server, folder, expected):
        self.server, self.folder, self.expected = server, folder, expected
        self.said = ""

    def run(self, site="inct41", at_once=2, patience=QUICK):
        said = []
        site = download_site(site, self.folder, self.server.url, at_once, patience, said.append)
        self.said = "\n".join(said)
        return site

    def refused(self, **how):
        with pytest.raises(UserError) as caught:
            self.run(**how)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def there(self):
        """What is there, which must be right, as far as it goes."""
        found = read_folder(self.folder)
        found.pop("files.tsv", None)
        assert found.items() <= self.expected.items()
        return found


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    return folder, write_anuraset(folder)


@pytest.fixture
def download(published, tmp_path, monkeypatch):
    folder, expected = published
    monkeypatch.setattr(anuraset, "LEAST", 2**16)
    shutil.copytree(folder, tmp_path / "server")
    with serving(tmp_path / "server") as server:
        yield Download(server, tmp_path / "resources/inct41", expected)


def member_bytes(download, name, archive="raw_data.zip"):
    """Where the data of a member begins and ends in the served archive."""
    with zipfile.ZipFile(download.server.folder / archive) as file:
        info = next(info for info in file.infolist() if info.filename.endswith(name))
        start = info.header_offset + 30 + len(info.filename)
        return start, start + info.compress_size


def test_recordings_and_labels_of_the_site_alone(download):
    site = download.run()
    assert download.there() == download.expected
    assert download.said.splitlines()[0] == (
        f"Site INCT41 of AnuraSet: 4 recordings and 3 label files, 353 kB, into {download.folder}/."
    )
    assert f"To be fetched from {download.server.url}: 7 files, 3" in download.said
    assert "Without a label file, that is, not annotated: 1 recording." in download.said
    assert site.unlabelled == 1 and not site.changed
    rows = (download.folder / "files.tsv").read_text().splitlines()
    assert len(rows) == 8 and rows[0].split("\t") == anuraset.COLUMNS
    # The other sites' recordings, three quarters of the archive, were not sent.
    size = (download.server.folder / "raw_data.zip").stat().st_size
    assert download.server.sent < 0.6 * size
    assert {path for path, _ in download.server.asked} == {"/raw_data.zip", "/strong_labels.zip"}


@pytest.mark.parametrize("top", ["", "./", "AnuraSet/v1/raw_data/", "raw_data\\"])
def test_any_folders_above(download, top):
    recordings = files(top, "wav", lambda number, name: sound(number))
    if "\\" in top:
        recordings = {name.replace("/", "\\"): data for name, data in recordings.items()}
    with zipfile.ZipFile(download.server.folder / "raw_data.zip", "w") as archive:
        for name, data in recordings.items():
            archive.writestr(name, data)
    download.run()
    assert download.there() == download.expected


def test_a_second_run_fetches_nothing_and_needs_no_network(download):
    download.run()
    asked = len(download.server.asked)
    download.run()
    assert len(download.server.asked) == asked
    assert "All of them are there, each with the right size and CRC-32." in download.said


def test_after_a_break_only_what_is_missing_is_fetched(download):
    """What is missing, has another size, or other bytes."""
    download.run()
    (download.folder / "files.tsv").unlink()
    one, two, three, four = sorted((download.folder / "recordings").iterdir())
    whole = one.stat().st_mtime_ns
    two.unlink()
    three.write_bytes(three.read_bytes()[:-1])
    damaged = bytearray(four.read_bytes())
    damaged[5000] ^= 1
    four.write_bytes(damaged)
    download.run()
    assert (
        "There already: 4 files. To be fetched" in download.said and ": 3 files, " in download.said
    )
    assert download.there() == download.expected
    assert one.stat().st_mtime_ns == whole


def test_what_is_missing_is_fetched_though_the_list_says_that_all_was_there(download):
    download.run()
    (download.folder / FIRST).unlink()
    download.run()
    assert (
        "There already: 6 files. To be fetched" in download.said and ": 1 file, " in download.said
    )
    assert download.there() == download.expected


def test_corrected_labels_are_left_alone(download):
    download.run()
    path = download.folder / "annotations/INCT41_20200126_170000.txt"
    path.write_text("1.0\t2.0\tBOAALB_H\n")
    (download.folder / "recordings/INCT41_20200126_171500.wav").unlink()
    for _ in range(2):  # over the network, and from the list of files
        site = download.run()
        assert path.read_text() == "1.0\t2.0\tBOAALB_H\n"
        assert [member.path for member in site.changed] == [path]
        assert "Not as published, and left as they are" in download.said
        assert "fetch it again): 1 label file\n" in download.said
        assert str(path) in download.said


@pytest.mark.fault(
    "Downloads",
    "a site that is not in the archive",
    sees="raw_data.zip: there is no site INCT5; the sites in it are INCT",
    kept="nothing was fetched",
)
def test_a_site_that_is_not_there(download, sees):
    text = download.refused(site="INCT5")
    assert sees in text and text.endswith(f" the sites in it are {', '.join(sorted(SITES))}.")
    assert not download.folder.exists()


def test_connections_that_break(download):
    """As often as there are members, and in the middle of them."""
    download.server.breaks_after, download.server.breaks = 50_000, 7
    download.run(at_once=1, patience=Patience(tries=8, pause=0.001))
    assert download.server.breaks == 0
    assert download.there() == download.expected


def test_a_connection_that_breaks_again_and_again(download):
    """What was fetched before stays, and a later run goes on from there."""
    download.server.breaks_after, download.server.breaks = 2**14, 0
    start, _ = member_bytes(download, "INCT41_20200218_213000.wav")
    answer = download.server.answer

    def broken(request):
        part = request.headers["Range"]
        first = int(re.findall(r"\d+", part)[0])
        if request.path.startswith("/raw") and start - 100 <= first < start + 80_000:
            download.server.breaks = 1
            download.server.breaks_after = 0
        answer(request)

    download.server.answer = broken
    text = download.refused(at_once=1)
    assert "the connection broke at" in text and "3 times in a row" in text
    there = download.there()
    assert FIRST in there and len(there) < 7
    del download.server.answer
    download.server.answer = answer
    download.server.breaks = 0
    download.run()
    assert f"There already: {len(there)} file" in download.said
    assert download.there() == download.expected


def test_bytes_that_suffer_on_their_way_are_fetched_again(download):
    start, _ = member_bytes(download, FIRST.split("/")[1])
    download.server.flipped = [start + 2000]
    download.run()
    assert not download.server.flipped
    assert download.there() == download.expected


@pytest.mark.fault(
    "Downloads",
    "a damaged file in the archive",
    sees="is cut short or damaged: it is not the 88244 bytes with CRC-32",
    kept="all others that were fetched before; this one was not written",
)
def test_a_member_that_is_damaged_where_it_is_served(download, sees):
    start, _ = member_bytes(download, FIRST.split("/")[1])
    path = download.server.folder / "raw_data.zip"
    data = bytearray(path.read_bytes())
    data[start + 40_000] ^= 0xFF
    path.write_bytes(data)
    text = download.refused()
    assert "INCT41_20200126_170000.wav in http://127.0.0.1" in text
    assert re.search(rf"{re.escape(sees)} [0-9a-f]{{8}} that the archive states", text)
    assert FIRST not in download.there()


@pytest.mark.fault(
    "Downloads",
    "a file in the archive that is cut short",
    sees="is cut short or damaged: it is not the 88244 bytes",
    kept="all others that were fetched before; this one was not written",
)
def test_a_member_that_is_cut_short(download, sees):
    """Its data end where the archive says that more follows."""
    path = download.server.folder / "raw_data.zip"
    name = f"raw_data/INCT41/{FIRST.split('/')[1]}"
    data = download.expected[FIRST]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, data[:-1000])
        archive.getinfo(name).file_size = len(data)
    text = download.refused()
    assert sees in text
    assert FIRST not in download.there()


@pytest.mark.fault(
    "Downloads",
    "a file that is not an archive, or is cut short",
    sees="is not a zip archive, or is cut short (",
    kept="nothing was written",
)
def test_an_archive_that_is_cut_short(download, sees):
    path = download.server.folder / "raw_data.zip"
    path.write_bytes(path.read_bytes()[:-30_000])
    assert f"raw_data.zip?download=1: {sees}" in download.refused()
    assert not download.folder.exists()


def test_a_server_without_parts(download):
    download.server.in_parts = False
    assert "does not serve parts of files (it ignores Range)" in download.refused()
    assert download.server.sent < 2**20


def test_no_archive(download):
    (download.server.folder / "strong_labels.zip").unlink()
    text = download.refused()
    assert "strong_labels.zip?download=1: there is no such file" in text
    assert not download.folder.exists()


@pytest.mark.fault(
    "Downloads",
    "a disk too small for the site",
    sees="353 kB are needed, and the disk has 100 kB left; make room",
    kept="nothing was written",
)
def test_a_disk_that_is_too_small_is_refused_beforehand(download, monkeypatch, sees):
    usage = shutil.disk_usage(download.server.folder)
    monkeypatch.setattr(anuraset.shutil, "disk_usage", lambda path: usage._replace(free=100_000))
    assert sees in download.refused()
    assert not download.folder.exists()


@pytest.mark.fault(
    "Downloads",
    "a disk that fills up during the download",
    sees="cannot be written: the disk is full; make room and run the same",
    kept="what was fetched before; run the same command to go on",
)
def test_a_disk_that_fills_up_meanwhile(download, monkeypatch, sees):
    fsync, full = written.os.fsync, threading.Event()

    def sync(number):
        if full.is_set():
            raise OSError(errno.ENOSPC, "No space left on device")
        full.set()
        fsync(number)

    monkeypatch.setattr(written.os, "fsync", sync)
    assert sees in download.refused(at_once=1)
    assert len(download.there()) == 1
    monkeypatch.undo()
    download.run()
    assert download.there() == download.expected


def test_a_place_that_cannot_be_a_folder(download):
    download.folder.parent.mkdir()
    download.folder.write_text("a file")
    assert "cannot be written: " in download.refused()


@pytest.mark.fault(
    "Downloads",
    "names in an archive that point outside the folder",
    kept="every file comes into its folder, under its bare name",
)
def test_names_do_not_lead_out_of_the_folder(download):
    name = FIRST.split("/")[1]
    for evil in (f"../../{name}", f"/tmp/{name}", f"..\\..\\{name}", f"C:\\{name}"):
        path = download.server.folder / "raw_data.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(evil, b"sound")
            archive.writestr("raw_data/INCT41/../../evil.wav", b"evil")
        with zipfile.ZipFile(path) as archive:
            found = members(archive, "recordings", "INCT41", download.folder, "raw_data.zip")
        assert [member.path for member in found] == [download.folder / FIRST]
    before = set(read_folder(download.folder.parents[1]))
    download.run()
    new = set(read_folder(download.folder.parents[1])) - before
    assert new == {
        f"resources/inct41/{name}"
        for name in ("files.tsv", FIRST, *(n for n in download.expected if "annotations" in n))
    }


@pytest.mark.fault(
    "Downloads",
    "two different files of one name in the archive",
    sees="holds two different files of one name; it is not known which one is right",
    kept="nothing was fetched",
)
def test_two_files_of_one_name(tmp_path, sees):
    name = FIRST.split("/")[1]
    write_archive(tmp_path / "a.zip", {f"a/{name}": b"one", f"b/{name}": b"one"})
    write_archive(tmp_path / "b.zip", {f"a/{name}": b"one", f"b/{name}": b"two"})
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert len(members(archive, "recordings", "INCT41", tmp_path, "a.zip")) == 1
    with (
        zipfile.ZipFile(tmp_path / "b.zip") as archive,
        pytest.raises(UserError, match=f"b.zip: {sees}:\n  a/{name} and b/{name}"),
    ):
        members(archive, "recordings", "INCT41", tmp_path, "b.zip")


def test_neighbours_are_fetched_together(download):
    """A request for each piece, not for each file: servers allow only so many."""
    with zipfile.ZipFile(download.server.folder / "raw_data.zip") as archive:
        found = members(archive, "recordings", "INCT41", download.folder, "raw_data.zip")
    assert [len(piece) for piece in divide(found, 1)] == [4]
    assert [len(piece) for piece in divide(found, 2)] == [2, 2]
    assert [len(piece) for piece in divide(found, 99)] == [1, 1, 1, 1]
    far = [found[0], found[3]]
    far[1].info.header_offset += 10**7
    assert [len(piece) for piece in divide(far, 1)] == [1, 1]
    assert divide([], 4) == []
