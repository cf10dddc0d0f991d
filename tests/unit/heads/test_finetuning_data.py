"""Batches of images: read from shards, masked and mixed, the same for the same seed and epoch."""

from pathlib import Path

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.heads.finetuning_data import Epoch, Examples, Images, masked, mixed
from anurans.recordings.clips import clip_table
from anurans.sounds.shards import write_shard


def table(names):
    rows = (
        {
            "clip": name,
            "recording": name[0],
            "technique": "original",
            "copy": 0,
            "source_start": 0.0,
            "source_end": 5.0,
            "rate": 1.0,
            "masks": "",
        }
        for name in names
    )
    return clip_table(rows)


def grey(values):
    return np.repeat(np.array(values, np.uint8), 8 * 8).reshape(-1, 8, 8)


@pytest.fixture
def shards(tmp_path):
    paths = [str(tmp_path / name) for name in ("0.h5", "1.h5")]
    write_shard(paths[0], table(["a1", "a2"]), [grey([1, 2])], (8, 8), "uint8", {})
    write_shard(paths[1], table(["b1", "b2"]), [grey([3, 4])], (8, 8), "uint8", {})
    return paths


def test_images_are_read_in_the_order_in_which_they_are_named(shards):
    images = Images([(shards, ["b2", "a1"]), (shards[:1], ["a2"])])
    assert len(images) == 3
    assert np.array_equal(images[:], grey([4, 1, 2]))
    assert np.array_equal(images[np.array([2, 0, 2])], grey([2, 4, 2]))
    assert images.digest != Images([(shards, ["a1", "b2"]), (shards[:1], ["a2"])]).digest


def test_a_clip_without_an_image_is_named(shards):
    with pytest.raises(UserError, match="have no image of b1"):
        Images([(shards[:1], ["a1", "b1"])])


def test_a_damaged_image_is_refused(shards):
    with Path(shards[1]).open("r+b") as file:
        content = file.read()
        file.seek(content.index(bytes([4] * 64)) + 5)
        file.write(b"\x09")
    with pytest.raises(UserError, match="this shard is damaged"):
        Images([(shards, ["a1"])])


def examples(n=10):
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (n, 40, 40), np.uint8)
    labels = rng.integers(0, 2, (n, 2)).astype(np.float32)
    return Examples(images, labels, np.ones((n, 2), np.float32))


def epoch(number, seed=1, masks=1, mixup=0.2):
    return Epoch(examples(), np.arange(10), 4, masks, mixup, seed, number)


def test_each_epoch_has_batches_of_its_own_and_the_same_each_time():
    def images(*of):
        return np.concatenate([batch[0] for batch in epoch(*of)])

    assert [len(batch[0]) for batch in epoch(1)] == [4, 4, 2]
    assert np.array_equal(images(3), images(3))
    assert not np.array_equal(images(3), images(4))
    assert not np.array_equal(images(3), images(3, 2))


def test_without_masks_and_mixtures_every_image_is_there_once():
    found = np.concatenate([batch[0] for batch in epoch(1, masks=0, mixup=0)])
    assert sorted(map(bytes, found)) == sorted(map(bytes, examples().images))


def test_masks_erase_stretches_of_both_axes():
    images = examples().images
    found = masked(images, 1, np.random.default_rng(1))
    for image, before in zip(found, images, strict=True):
        erased = image == round(float(before.mean()))
        columns, rows = erased.all(axis=0).sum(), erased.all(axis=1).sum()
        assert 2 <= columns <= 6 and 2 <= rows <= 6
        assert np.array_equal(image[~erased], before[~erased])


def test_a_mixture_is_of_images_and_of_labels_and_counts_where_both_are_known():
    images, labels = grey([0, 200]), np.array([[0.0], [1.0]], np.float32)
    counts = np.array([[1.0], [0.0]], np.float32)
    mixes = 0
    for seed in range(20):
        found, of, known = mixed(images, labels, counts, 1.0, np.random.default_rng(seed))
        assert np.abs(found[:, 0, 0] / 200 - of[:, 0]).max() < 0.01
        is_mixed = 0 < of[0, 0] < 1
        mixes += is_mixed
        assert known.ravel().tolist() == ([0, 0] if is_mixed else [1, 0])
        assert of[0, 0] <= 0.5 <= of[1, 0]
    assert mixes
