"""A config, and the plans that it is made of."""

from pathlib import Path

import pytest
import yaml

from anurans.plan.plan import Plan

ROOT = Path(__file__).parents[3]


@pytest.fixture
def plan(monkeypatch):
    """Give a function that plans the demo with other settings."""
    monkeypatch.chdir(ROOT)
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    return lambda **settings: Plan(demo | settings, "config")


def test_only_a_stretched_image_is_noted(plan):
    assert plan().notes == plan(clips={"length": 1.0}).notes == []
    (note,) = plan(clips={"length": 1.0}, spectrogram={"hop_length": 494}).notes
    assert note.startswith("spectrogram.hop_length: 494 gives 45 columns for a clip of 1 s")


def test_nothing_of_the_recordings_is_read_before_it_is_asked_for(plan):
    """Every job of a cluster makes the plan again."""
    given = {"recordings": {"source": "gone"}, "annotations": {"source": "gone too"}}
    made = plan(**given)
    assert made.recordings.absent and made.recordings.shards == []
    assert made.runs.all == plan().runs.all and made.datasets.embeddings() == []
    with pytest.raises(Exception, match=r"recordings\.source: gone does not exist"):
        made.annotations.path()
