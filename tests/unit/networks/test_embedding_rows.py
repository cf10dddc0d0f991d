"""Rows of shards in any order."""

import tracemalloc

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.heads.recipes import Recipe
from anurans.heads.training import fit_head
from anurans.networks import embedding_rows as rows
from anurans.networks.embedding_rows import Rows
from anurans.recordings.clips import original_clips
from anurans.sounds.shards import write_shard


def write(path, n, width=3, seed=0):
    clips = original_clips(path.stem, n * 5.0, 5.0, 0.5)
    data = np.random.default_rng(seed).normal(size=(n, width)).astype("f2")
    write_shard(path, clips, [data], (width,), "float16", {"recordings": {}})
    return str(path), data


def test_any_rows_in_any_order(tmp_path):
    (one, a), (other, b) = write(tmp_path / "a.h5", 9), write(tmp_path / "b.h5", 4, seed=1)
    found = Rows([(one, np.array([8, 0, 3])), (other, np.array([2]))], np.array([3, 0, 1, 2]))
    expected = np.stack([b[2], a[8], a[0], a[3]])
    assert found.shape == (4, 3) and len(found) == 4 and found.dtype == np.float16
    np.testing.assert_array_equal(found[:], expected)
    np.testing.assert_array_equal(found[np.array([2, 2, 0])], expected[[2, 2, 0]])
    np.testing.assert_array_equal(found[1:3], expected[1:3])


def write_windows(path, n, windows=2, width=3, seed=0):
    clips = original_clips(path.stem, n * 5.0, 5.0, 0.5)
    data = np.random.default_rng(seed).normal(size=(n, windows, width)).astype("f2")
    write_shard(path, clips, [data], (windows, width), "float16", {"recordings": {}})
    return str(path), data


def test_a_clip_of_windows_has_a_row_for_each(tmp_path):
    (one, a), (other, b) = (write_windows(tmp_path / f"{n}.h5", 5, seed=n) for n in (1, 2))
    wanted = [(one, np.array([4, 1])), (other, np.array([3]))]
    found = Rows(wanted, np.array([2, 0, 1]))
    expected = np.concatenate([b[3], a[4], a[1]])
    assert found.shape == (6, 3) and found.dtype == np.float16
    np.testing.assert_array_equal(found[:], expected)
    np.testing.assert_array_equal(found[np.array([5, 0])], expected[[5, 0]])
    pooled = Rows(wanted, np.array([2, 0, 1]), pooled=True)
    assert pooled.shape == (3, 3)
    means = np.stack([b[3], a[4], a[1]]).mean(axis=1, dtype=np.float32)
    np.testing.assert_array_equal(pooled[:], means)
    np.testing.assert_array_equal(pooled[1:2], means[1:2])


def test_clips_without_windows_are_their_own_mean(tmp_path):
    path, data = write(tmp_path / "a.h5", 4)
    np.testing.assert_array_equal(Rows([(path, np.arange(4))], pooled=True)[:], data)


def test_some_rows_are_taken_by_mask_or_number(tmp_path):
    path, data = write_windows(tmp_path / "a.h5", 3)
    every = Rows([(path, np.arange(3))])
    np.testing.assert_array_equal(every[:2], data[0])
    kept = np.array([True, False, False, True, True, False])
    for which in (kept, np.flatnonzero(kept)):
        some = every.take(which)
        assert some.shape == (3, 3)
        np.testing.assert_array_equal(some[:], data.reshape(6, 3)[kept])
    pooled = Rows([(path, np.arange(3))], pooled=True).take(np.array([2, 0]))
    np.testing.assert_array_equal(pooled[:], data[[2, 0]].mean(axis=1, dtype=np.float32))
    # Files of either are closed on their own.
    del some
    np.testing.assert_array_equal(every[:], data.reshape(6, 3))
    assert Rows([]).take(np.zeros(0, dtype=bool)).shape == (0, 0)


def test_more_files_than_may_be_open(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "OPEN", 2)
    made = [write(tmp_path / f"{i}.h5", 2, seed=i) for i in range(5)]
    found = Rows([(path, np.arange(2)) for path, _ in made])
    np.testing.assert_array_equal(found[:], np.concatenate([data for _, data in made]))
    assert len(found._files._open) == 2


def test_a_damaged_row_is_noticed_before_any_is_used(tmp_path):
    path, data = write(tmp_path / "a.h5", 20)
    content = bytearray((tmp_path / "a.h5").read_bytes())
    content[content.index(data[7].tobytes())] ^= 1
    (tmp_path / "a.h5").write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        Rows([(path, np.array([0]))])


def test_a_training_on_stored_rows_is_that_on_rows_in_memory(tmp_path):
    path, data = write(tmp_path / "a.h5", 80, width=6)
    labels = data[:, :2] > 0
    layers = [{"units": 4, "activation": "relu", "dropout": 0.5, "l1": 0.0, "l2": 0.01}]
    recipe = Recipe(layers, epochs=4)
    stored = Rows([(path, np.arange(80))])
    one, other = (fit_head(recipe, (x, labels), (x, labels), 1) for x in (data, stored))
    assert one.history == other.history
    for name, weight in one.head.weights.items():
        assert np.array_equal(weight, other.head.weights[name])


def test_memory_does_not_grow_with_the_rows(tmp_path):
    """Embeddings of 100 MB are trained on in less memory than that."""
    clips = original_clips("a", 1000 * 5.0, 5.0, 0.5)
    data = np.tile(np.arange(50_000, dtype="f2") % 7, (1000, 1))
    data[::2] *= 2
    write_shard(tmp_path / "a.h5", clips, [data], (50_000,), "float16", {"recordings": {}})
    labels = np.arange(1000)[:, None] % 2 > 0
    assert data.nbytes == 100e6
    del data
    tracemalloc.start()
    stored = Rows([(str(tmp_path / "a.h5"), np.arange(1000))])
    fit_head(Recipe(epochs=1), (stored, labels), (stored, labels), 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80e6
