"""A file appears whole or not at all."""

import errno
import os
import socket
import subprocess
import time

import pytest

from anurans.common.errors import UserError
from anurans.common.files import DAY, whole


def test_a_finished_file_stands_alone(tmp_path):
    with whole(tmp_path / "new/deep/a.txt") as partial:
        partial.write_text("done")
        assert not (tmp_path / "new/deep/a.txt").exists()
    assert (tmp_path / "new/deep/a.txt").read_text() == "done"
    assert [path.name for path in (tmp_path / "new/deep").iterdir()] == ["a.txt"]


def test_a_failed_block_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError, match="broken"), whole(tmp_path / "a.txt") as partial:
        partial.write_text("half")
        raise RuntimeError("broken")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_block_leaves_the_file_before(tmp_path):
    (tmp_path / "a.txt").write_text("before")
    with pytest.raises(RuntimeError), whole(tmp_path / "a.txt") as partial:
        partial.write_text("half")
        raise RuntimeError("broken")
    assert (tmp_path / "a.txt").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_is_replaced(tmp_path):
    (tmp_path / "a.txt").write_text("before")
    with whole(str(tmp_path / "a.txt")) as partial:
        partial.write_text("after")
        assert (tmp_path / "a.txt").read_text() == "before"
    assert (tmp_path / "a.txt").read_text() == "after"


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), whole(tmp_path / "a.txt"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_ending_and_folder_stay(tmp_path):
    with whole(tmp_path / "model.keras") as partial:
        assert (partial.suffix, partial.parent) == (".keras", tmp_path)
        partial.touch()


def test_what_the_killed_have_left_is_removed(tmp_path):
    """Of the same file alone, and not what a process that runs is writing."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    host = socket.gethostname()
    names = {
        f".partial-{host}-{ended.pid}-a.txt": False,
        f".partial-{host}-{os.getppid()}-a.txt": True,
        f".partial-{host}-{ended.pid}-ba.txt": True,
        f".partial-node-7-{ended.pid}-a.txt": True,
        f".partial-node-8-{ended.pid}-a.txt": False,
        ".partial-a.txt": True,
    }
    for name in names:
        (tmp_path / name).touch()
    before = time.time() - DAY - 60
    os.utime(tmp_path / f".partial-node-8-{ended.pid}-a.txt", (before, before))
    with whole(tmp_path / "a.txt") as partial:
        partial.touch()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"a.txt", *(name for name, stays in names.items() if stays)}


def test_it_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(list(tmp_path.iterdir())))
    with whole(tmp_path / "a.txt") as partial:
        partial.write_text("done")
    assert synced == [[partial]]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "a.txt: cannot be written: the disk is full; make room and run the same"),
        (errno.EDQUOT, "your quota of the disk is used up"),
        (errno.EROFS, "the folder can only be read; make it writable"),
        (errno.EACCES, "you may not write there; change the rights"),
        (errno.EPERM, "it may not be replaced; change the rights"),
    ],
)
def test_a_disk_that_cannot_be_written_is_told_in_a_sentence(tmp_path, number, sentence):
    with pytest.raises(UserError, match=sentence), whole(tmp_path / "a.txt") as partial:
        partial.write_text("half")
        raise OSError(number, os.strerror(number))
    assert list(tmp_path.iterdir()) == []


def test_other_errors_of_the_system_pass(tmp_path):
    with pytest.raises(IsADirectoryError), whole(tmp_path / "a.txt"):
        tmp_path.read_text()
