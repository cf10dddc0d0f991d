"""Sound of clips and copies at another rate is that of the same times."""

import numpy as np
import pytest
import soundfile as sf

from anurans.recordings.audio import Source, read_clips
from anurans.recordings.clips import concatenate, original_clips
from anurans.sounds.masking import MaskSettings, masked_clips
from anurans.sounds.sound_clips import read_copies
from anurans.sounds.stretching import stretched_clips

SR, LENGTH, SECONDS = 16000, 5.0, 23.0


@pytest.fixture
def source(tmp_path):
    sound = np.random.default_rng(1).normal(0, 0.1, round(SECONDS * SR))
    sf.write(tmp_path / "a.wav", sound, SR, subtype="PCM_16")
    return Source("a", str(tmp_path / "a.wav"), "mix", SECONDS, "")


def originals():
    return original_clips("a", SECONDS, LENGTH, 0.5)


@pytest.mark.parametrize("sr", [16000, 32000, 8000])
def test_originals_are_the_clips_of_the_recording(source, sr):
    found = list(read_copies(source, originals(), sr, LENGTH))
    assert np.array_equal(found, list(read_clips(source.path, "mix", sr, LENGTH, 5)))
    assert not found[-1][round(3 * sr) + sr // 10 :].any()


def test_masked_copies_have_the_sound_of_their_clips(source):
    edges = np.linspace(0, LENGTH, 225)
    plan = masked_clips(originals()[[1, 4]], "time_mask", MaskSettings(copies=3), edges, 1)
    found = list(read_copies(source, plan, SR, LENGTH))
    clips = list(read_clips(source.path, "mix", SR, LENGTH, 5))
    assert np.array_equal(found, [clips[1]] * 3 + [clips[4]] * 3)


def test_stretched_copies_come_copy_by_copy(source):
    plan = stretched_clips("a", SECONDS, [0.8, 1.25], LENGTH, 0.5)
    found = list(read_copies(source, plan, SR, LENGTH))
    assert len(found) == len(plan)
    some = np.array([2, 5, 7])
    assert np.array_equal(list(read_copies(source, plan[some], SR, LENGTH)), np.array(found)[some])


def test_no_clip_no_sound(source):
    assert list(read_copies(source, concatenate([]), SR, LENGTH)) == []
