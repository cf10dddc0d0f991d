"""Clips of new recordings are those of training, and those between them."""

import numpy as np
import pytest
import soundfile as sf

from anurans.common.errors import UserError
from anurans.listening.scoring import (
    Batches,
    Cutter,
    batched,
    overlapping_clips,
    places,
    read_windows,
)
from anurans.recordings.audio import BLOCK, Source, read_clips
from anurans.recordings.clips import count_clips, original_clips

SR = 8000


def make(path, seconds, sr=SR, channels=1):
    rng = np.random.default_rng(round(seconds * 10))
    sound = rng.normal(0, 0.1, (round(seconds * sr), channels))
    sf.write(path, sound, sr, subtype="PCM_16")
    return Source(path.stem, str(path), "mix", seconds, "")


def windows(source, steps, length=5.0, sr=SR, min_last=0.5):
    at = places(source.duration_s, length, min_last, steps)
    return list(read_windows(source, sr, length, steps, at))


@pytest.mark.parametrize("seconds", [5.0, 13.0, 17.6, 20.0, 3.0])
@pytest.mark.parametrize("sr", [SR, 11025])
def test_without_overlap_clips_are_those_of_training(tmp_path, seconds, sr):
    source = make(tmp_path / "a.wav", seconds, sr, channels=2)
    count = count_clips(seconds, 5.0, 0.5)
    of_training = list(read_clips(source.path, "mix", SR, 5.0, count))
    assert np.array_equal(windows(source, 1), of_training)
    assert (
        overlapping_clips("a", seconds, 5.0, 0.5, 1).rows()
        == original_clips("a", seconds, 5.0, 0.5).rows()
    )


@pytest.mark.parametrize("steps", [2, 4, 5, 10])
@pytest.mark.parametrize("seconds", [5.0, 13.0, 17.6, 20.0])
def test_with_overlap_every_so_manieth_clip_is_one_of_training(tmp_path, steps, seconds):
    source = make(tmp_path / "a.wav", seconds)
    at, found = places(seconds, 5.0, 0.5, steps), windows(source, steps)
    assert len(found) == len(at) == len(overlapping_clips("a", seconds, 5.0, 0.5, steps))
    tiles = [clip for place, clip in zip(at, found, strict=True) if place % steps == 0]
    assert np.array_equal(tiles, windows(source, 1))
    whole = sf.read(source.path, dtype="int16")[0]
    for place, clip in zip(at, found, strict=True):
        start = place * 5 * SR // steps
        there = whole[start : start + 5 * SR]
        assert np.array_equal(clip[: len(there)], there) and not clip[len(there) :].any()
        assert len(there) == 5 * SR or place % steps == 0


def test_some_clips_are_as_they_are_among_all(tmp_path, monkeypatch):
    monkeypatch.setattr("anurans.recordings.audio.BLOCK", 7001)
    source = make(tmp_path / "a.wav", 43, sr=11025)
    every = windows(source, 2)
    at = [3, 4, 9, 16]
    assert np.array_equal(list(read_windows(source, SR, 5.0, 2, at)), [every[n] for n in at])


def test_a_recording_longer_than_a_block_is_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr("anurans.recordings.audio.BLOCK", 7001)
    source = make(tmp_path / "a.wav", 60)
    pieces = windows(source, 2)
    monkeypatch.setattr("anurans.recordings.audio.BLOCK", BLOCK)
    assert np.array_equal(pieces, windows(source, 2))


def test_a_recording_that_became_shorter_is_told(tmp_path):
    source = make(tmp_path / "a.wav", 10)
    with pytest.raises(UserError, match="ends before the last of its 6 clips"):
        list(read_windows(source, SR, 5.0, 1, range(6)))


def test_clips_are_batched():
    sizes = [len(batch) for batch in batched(np.zeros((7, 3), np.int16), 3)]
    assert sizes == [3, 3, 1]
    assert list(batched([], 3)) == []


@pytest.mark.parametrize("steps", [1, 2, 5])
@pytest.mark.parametrize("seconds", [3.0, 12.3, 12.6, 130.0, 10.00005])
@pytest.mark.parametrize("sr", [SR, 11025])
def test_cut_while_read_clips_are_the_same(tmp_path, steps, seconds, sr):
    source = make(tmp_path / "a.wav", seconds, sr)
    seconds = sf.info(source.path).duration
    sound = sf.read(source.path, dtype="float32")[0]
    at = places(seconds, 5.0, 0.5, steps)
    found, sizes = {}, []

    def take(where, clips):
        sizes.append(len(clips))
        found.update(zip(where.tolist(), clips, strict=True))

    batches = Batches(Cutter(SR, 5.0, steps), take)
    # Blocks of any size, some longer than a clip, some empty.
    for block in np.split(sound, [1, 700, 700, min(len(sound), 9 * sr)]):
        batches.add(block, sr)
    batches.end(at)
    assert set(at) <= found.keys() and max(sizes) <= 24
    expected = read_windows(source, SR, 5.0, steps, at)
    for place, clip in zip(at, expected, strict=True):
        # Resampled block by block, samples may differ in the last of 16 bits.
        assert np.abs(found[place].astype(int) - clip).max() <= (0 if sr == SR else 1)
