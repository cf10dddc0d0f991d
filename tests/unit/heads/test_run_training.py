"""What a training refuses to hand on."""

import numpy as np
import pytest

from anurans.annotations.formats import Annotation
from anurans.annotations.labels import LabelRule
from anurans.common.errors import UserError
from anurans.heads.dense import Head, Layer
from anurans.heads.run_training import Given, chunks, learn, refuse_no_numbers, take_pieces
from anurans.recordings.clips import original_clips
from anurans.sounds.shards import write_shard
from anurans.splits.datasets import open_embeddings
from anurans.splits.splits import TRAIN


def head(bias):
    bias = np.array(bias, np.float32)
    return Head([Layer("probability", np.zeros((3, len(bias)), np.float32), bias, "sigmoid")])


def test_scores_that_are_no_numbers_are_refused_with_a_way_out():
    scores = np.array([[0.5, np.inf], [0.5, 0.1]])
    with pytest.raises(UserError, match="recipe fast: training on net did not converge"):
        refuse_no_numbers(head([0, 0]), scores, "fast", "net")


def test_species_that_a_network_does_not_know_have_no_score_and_are_let_through():
    scores = np.array([[0.5, np.nan], [0.5, np.nan]])
    refuse_no_numbers(head([0, np.nan]), scores, "own", "net")
    with pytest.raises(UserError):
        refuse_no_numbers(head([0, 0]), scores, "own", "net")


def test_files_of_techniques_stand_one_after_the_other():
    assert chunks(["a0", "a1", "b0", "b1"], 2) == [["a0", "a1"], ["b0", "b1"]]
    assert chunks([], 2) == []


@pytest.mark.fault(
    "Annotations",
    "clips of a sound network whose windows are all dropped (`ambiguous: drop`)",
    sees="no window of a training clip has a label",
    kept="what was computed before the training",
)
def test_windows_that_are_all_dropped_are_told(tmp_path, sees):
    clips = original_clips("A", 10.0, 5.0, 0.5)
    about = {
        "recordings": {"A": {"duration_s": 10.0}},
        "embedding": {"windows": [0.0, 2.0], "window": 3.0},
    }
    data = [np.ones((len(clips), 2, 4), np.float32)]
    write_shard(tmp_path / "a.h5", clips, data, (2, 4), "float32", about)
    given = Given(
        originals=open_embeddings([str(tmp_path / "a.h5")]),
        copies=[],
        # Within its clip, and longer than a window.
        annotations={"A": [Annotation(at + 0.5, at + 4.5, "X", "", None, None) for at in (0, 5)]},
        species=["X"],
        rule=LabelRule("contained", ambiguous="drop"),
        table=[],
        roles=dict.fromkeys(clips.clip.tolist(), TRAIN),
        recipe={},
        solver="adam",
        by="recording",
        validation="validation",
        copied="all",
        combine="max",
    )
    pieces = take_pieces(given)
    assert pieces[0].part.labels.all()
    with pytest.raises(UserError, match=sees):
        learn(given, pieces, "numpy", 1, lambda *_: None, lambda *_: None)
