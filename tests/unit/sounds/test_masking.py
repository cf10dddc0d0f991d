"""Masks: seeded per clip, as wide as said, and erasing what the table says."""

from collections import Counter

import numpy as np
import pytest

from anurans.recordings.clips import original_clips, parse_intervals
from anurans.sounds.image_axes import SIZE, frequency_edges, time_edges
from anurans.sounds.masking import MaskSettings, mask_images, masked_clips

EDGES = {
    "time_mask": time_edges(22050, 110250, 494),
    "frequency_mask": frequency_edges("mel", 22050, 1024, 128, 200.0, 8000.0),
}
ORIGINALS = original_clips("A", 60.0, 5.0, 0.5)
both = pytest.mark.parametrize("technique", EDGES)


def plan(technique, originals=ORIGINALS, seed=1, **settings):
    return masked_clips(originals, technique, MaskSettings(**settings), EDGES[technique], seed)


def erased(copies, technique, images, fill=0):
    return mask_images(images, copies.masks, technique, EDGES[technique], fill)


@both
def test_a_copy_has_its_clip_in_its_name_and_lies_where_it_lies(technique):
    copies = plan(technique, copies=3)
    assert len(copies) == 36
    assert copies.clip[4] == f"A_0005000~{technique}2"
    assert copies.copy[4] == 2
    assert (copies.source_start[4], copies.source_end[4]) == (5.0, 10.0)
    assert set(copies.technique) == {technique}


@both
def test_masks_depend_on_the_clip_and_neither_on_neighbours_nor_on_the_number_of_copies(technique):
    few = plan(technique, ORIGINALS[[7, 3]], copies=2)
    many = dict(
        zip(*(getattr(plan(technique, copies=5), c) for c in ("clip", "masks")), strict=True)
    )
    assert len(set(many.values())) == len(many)
    assert {clip: many[clip] for clip in few.clip} == dict(zip(few.clip, few.masks, strict=True))
    assert plan(technique, seed=2).masks[0] != plan(technique).masks[0]


@both
def test_masks_cover_the_stated_share(technique):
    settings = {"masks": 3, "width": (0.1, 0.1), "copies": 20}
    copies = plan(technique, **settings)
    images = np.full((len(copies), SIZE, SIZE), 200, np.uint8)
    share = (erased(copies, technique, images) == 0).mean(axis=(1, 2))
    # 0.1 of 224 is 22.4 pixels: 22 each, and masks do not overlap.
    assert np.allclose(share, 3 * 22 / SIZE)


@both
def test_widths_lie_between_the_two_and_everywhere_is_masked_in_the_end(technique):
    copies = plan(technique, masks=1, width=(0.05, 0.2), copies=100)
    images = np.full((len(copies), SIZE, SIZE), 200, np.uint8)
    masked = erased(copies, technique, images) == 0
    widths = masked.any(axis=1 if technique == "time_mask" else 2).sum(axis=1)
    assert widths.min() == pytest.approx(0.05 * SIZE, abs=1)
    assert widths.max() == pytest.approx(0.2 * SIZE, abs=1)
    often = masked.mean(axis=0)
    assert often.min() > 0  # the borders too
    assert often.max() < 0.3


@both
@pytest.mark.parametrize("copies", [4, 15, 90])
def test_a_sweep_masks_each_band_once(technique, copies):
    planned = plan(technique, ORIGINALS[:1], placement="sweep", copies=copies)
    images = np.full((copies, SIZE, SIZE), 200, np.uint8)
    masked = erased(planned, technique, images) == 0
    assert (masked.sum(axis=0) == 1).all()
    widths = Counter(masked.any(axis=1 if technique == "time_mask" else 2).sum(axis=1).tolist())
    assert max(widths) - min(widths) <= 1


def test_a_mask_in_the_table_is_the_one_in_the_image():
    copies = plan("time_mask", ORIGINALS[:1], masks=1)
    images = np.full((1, SIZE, SIZE), 200, np.uint8)
    columns = np.flatnonzero((erased(copies, "time_mask", images)[0] == 0).all(axis=0))
    ((low, high),) = parse_intervals(copies.masks[0])
    edges = EDGES["time_mask"]
    assert (edges[columns[0]], edges[columns[-1] + 1]) == pytest.approx((low, high), abs=1e-6)


def test_fill_is_the_mean_or_a_grey_value_and_the_source_stays():
    images = np.arange(SIZE * SIZE, dtype=np.float64).reshape(1, SIZE, SIZE)
    images = (images / images.max() * 250).astype(np.uint8)
    before = images.copy()
    masks = ["1.0-2.0;3.0-4.0"]
    grey = mask_images(images, masks, "time_mask", EDGES["time_mask"], 255)
    mean = mask_images(images, masks, "time_mask", EDGES["time_mask"], "mean")
    assert (images == before).all()
    where = grey == 255
    assert where.mean() == pytest.approx(0.4, abs=0.01)
    assert set(mean[where]) == {round(float(images.mean()))}
    assert (mean[~where] == images[~where]).all()


def test_no_clips_make_no_copies():
    assert len(plan("time_mask", ORIGINALS[:0])) == 0
