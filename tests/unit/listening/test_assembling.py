"""What a detector is put together of: the best model, what it learnt from, and how far is far."""

from types import SimpleNamespace

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.listening import assembling
from anurans.scores.comparison import MODEL


def metrics(recipe, fold, f1, subset="validation"):
    about = dict.fromkeys(MODEL, "x") | {"recipe": recipe, "fold": fold, "subset": subset}
    return [about | {"f1_macro": f1, "n_species": "1"}]


def test_the_best_by_validation_is_taken_with_all_its_folds():
    runs = [metrics("a", "1", "0.2"), metrics("b", "2", "0.9"), metrics("b", "1", "0.7")]
    places, about = assembling.choose_model(runs)
    assert places == [2, 1] and about["folds"] == ["1", "2"]
    assert about["model"]["recipe"] == "b"


def test_without_a_model_there_is_a_sentence():
    with pytest.raises(UserError, match="No model to detect with has a score"):
        assembling.choose_model([[]])


def clip(name, role, technique="original", inner=""):
    return {
        "clip": name,
        "recording": name[0],
        "role": role,
        "technique": technique,
        "inner_group": inner,
    }


def test_clips_that_any_fold_learnt_from():
    tables = [
        [clip("a1", "train"), clip("a2", "train", "time_mask"), clip("b1", "validation")],
        [clip("b1", "validation", inner="g"), clip("a1", "train")],
    ]
    assert assembling.learnt_clips(tables) == {"a1": "a", "b1": "b"}
    assert assembling.learnt_clips(tables[:1]) == {"a1": "a"}


def test_images_depend_on_the_spectrogram_and_windows_on_rate_and_seed():
    clips = {"clips": {"length": 5.0, "sr": 22050}, "embedding": {"sr": 48000, "samples": 3}}
    clips["embedding"]["seed"] = 1
    assert assembling.made_by(clips | {"spectrogram": {"n_mels": 4}}) == {
        "length": 5.0,
        "sr": 22050,
        "spectrogram": {"n_mels": 4},
    }
    assert assembling.made_by(clips) == {
        "length": 5.0,
        "sound": {"sr": 48000, "samples": 3, "seed": 1},
    }


def test_a_clip_is_held_against_those_of_other_recordings(monkeypatch):
    values = {"a1": [1, 0], "a2": [1, 0.01], "b1": [0, 1], "b2": [0.01, 1]}

    def rows_of(wanted, pooled):
        assert pooled
        return np.array([values[name] for name in wanted[0][1]])

    monkeypatch.setattr(assembling, "rows_of", rows_of)
    of = {name: name[0] for name in values}
    reference, centre, limit = assembling.refer(SimpleNamespace(), of)
    assert reference.shape == (4, 2) and centre == pytest.approx([0.5025, 0.5025])
    # Opposite directions, of length sqrt(2); clips of one recording, side by side, do not count.
    assert limit == pytest.approx(2.0, abs=0.02)
    alone = {name: "a" for name in values}
    assert assembling.refer(SimpleNamespace(), alone)[2] is None
