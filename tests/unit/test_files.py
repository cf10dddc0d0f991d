"""A file appears whole or not at all."""

import pytest

from anurans.files import whole


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
