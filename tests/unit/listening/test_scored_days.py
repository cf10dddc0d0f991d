"""Scores of a day, read as later jobs take them."""

import numpy as np
import pytest

from anurans.listening.scored_days import read_scored_day
from anurans.recordings.clips import clips_at, concatenate
from anurans.scores.probabilities import Curve
from anurans.sounds.shards import write_shard


@pytest.fixture
def day(tmp_path):
    """Two recordings of 15 s in clips of 5 s that overlap by half; two species, two folds."""
    starts = [0.0, 2.5, 5.0, 7.5, 10.0]
    clips = concatenate([clips_at(name, starts, 15.0, 5.0) for name in ("R1", "R2")])
    scores = np.linspace(0.1, 0.9, 40).reshape(10, 2, 2)
    about = {"species": ["A", "B"], "folds": ["1", "2"], "settings": {"length": 5.0}}
    metadata = {"detection": about | {"overlap": 0.5}, "recordings": ["R1", "R2"]}
    write_shard(tmp_path / "day.h5", clips, [scores], (2, 2), "float32", metadata)
    return read_scored_day(tmp_path / "day.h5")


def test_each_second_is_in_one_of_the_clips_that_lie_end_to_end(day):
    assert day.clips.source_start[day.tiles].tolist() == [0.0, 5.0, 10.0] * 2
    assert (day.steps, day.length, list(day.recordings)) == (2, 5.0, ["R1", "R2"])


def test_chances_are_means_over_folds_and_unknown_without_a_curve(day):
    line = Curve(np.array([[0.0, 0.0], [1.0, 0.5]]))
    chances = day.chances({"A": line, "B": None})
    assert chances[:, 0] == pytest.approx(day.scores[:, 0].mean(axis=-1) / 2)
    assert np.isnan(chances[:, 1]).all()
