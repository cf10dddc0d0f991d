"""Datasets, the techniques that they are made of, and their shards."""

from pathlib import Path

import pytest
import yaml

from anurans.common.errors import UserError
from anurans.plan.config import load
from anurans.plan.dataset_plan import DatasetPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan

ROOT = Path(__file__).parents[3]
SEASON = {"detection": {"recordings": {"source": "resources/demo/season/recordings.csv"}}}


@pytest.fixture
def plan(monkeypatch):
    """Give a function that plans the datasets of the demo, with other settings."""
    monkeypatch.chdir(ROOT)
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())

    def make(**settings):
        config = load(demo | settings, "config")
        recordings = RecordingPlan(config)
        return DatasetPlan(config, recordings, RunPlan(config, recordings))

    return make


def test_what_is_not_run_is_not_made(plan):
    every = plan()
    assert every.techniques() == ["original", "time_stretch", "time_mask", "frequency_mask"]
    assert every.copies("combined") == ["time_stretch", "time_mask", "frequency_mask"]
    assert every.copies("original") == []
    some = plan(
        experiments={"some": {"datasets": ["original", "time_mask"], "splits": ["night"]}}, **SEASON
    )
    assert some.techniques() == ["original", "time_mask"]
    assert list(some.used()) == ["original", "time_mask"]
    assert some.techniques(["frequency_mask"]) == ["original", "frequency_mask"]
    assert len(some.embeddings()) == 2 * 2 * 4
    assert "results/embeddings/birdnet/time_mask/0003.h5" in some.embeddings()


def test_the_audio_of_clips_is_kept_or_refused(plan):
    with pytest.raises(UserError, match=r"^The target clips needs clips\.keep: true"):
        plan().kept_clips()
    kept = plan(clips={"keep": True}).kept_clips()
    assert {path.split("/")[2] for path in kept} == {"original", "time_stretch"}
    assert len(kept) == 8


def test_masks_are_planned_on_the_image_that_is_drawn(plan):
    short = plan(clips={"length": 1.0}, spectrogram={"fmin": 1000, "fmax": 2000})
    assert short.image("time_mask") == {"sr": 22050, "samples": 22050, "hop_length": 98}
    seen = {"scale": "mel", "n_fft": 512, "n_mels": 31, "fmin": 1000.0, "fmax": 2000.0}
    assert short.image("frequency_mask") == {"sr": 22050} | seen


def test_what_fills_a_mask_moves_none(plan):
    one = plan(augmentation={"time_mask": {"fill": "mean"}}).masks("time_mask")
    assert one == plan().masks("time_mask") and "fill" not in one
    assert one != plan(augmentation={"time_mask": {"masks": 1}}).masks("time_mask")


def test_masks_in_sound_depend_on_where_images_end(plan):
    assert plan().top("frequency_mask") == 11025 and plan().top("time_mask") is None
