"""How folds vote, and that a detector is used as it was trained or not at all."""

from dataclasses import replace

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.heads.recipes import Recipe
from anurans.heads.training import build_head
from anurans.listening.days import open_own
from anurans.listening.detector import (
    Detector,
    by_fold,
    check_network,
    check_settings,
    directions,
    mean_scores,
    nearest,
    read_detector,
    vote,
    write_detector,
)

SETTINGS = {"sr": 22050, "length": 5.0, "spectrogram": {"n_fft": 1024, "top_db": 80.0}}


@pytest.fixture
def detector():
    rng = np.random.default_rng(1)
    scale = np.stack([rng.normal(size=6), rng.uniform(1, 2, 6)]).astype(np.float32)
    heads = tuple(
        build_head(Recipe(), 6, np.zeros((4, 2), dtype=bool), of, seed)
        for seed, of in ((1, scale), (2, None))
    )
    about = {"species": ["A", "B"], "folds": ["1", "2"], "settings": SETTINGS, "limit": None}
    reference = directions(rng.normal(size=(5, 6)), scale[0])
    return Detector(about, heads, reference, scale[0])


def test_a_clip_is_positive_where_at_least_half_of_the_folds_say_so():
    thresholds = np.array([[0.5, 0.2, 0.9]])
    scores = np.array([[[0.5, 0.2, 0.0]], [[0.6, 0.1, 0.8]], [[0.0, 0.3, 0.95]], [[1, 1, 1]]])
    assert vote(scores, thresholds)[:, 0].tolist() == [True, False, True, True]
    # Of two folds one is half.
    assert vote(np.array([[[0.9, 0.1]]]), np.array([[0.5, 0.5]]))[0, 0]
    assert not vote(np.array([[[0.4, 0.1]]]), np.array([[0.5, 0.5]]))[0, 0]


def test_each_fold_votes_by_its_own_threshold():
    """One threshold for the mean would say no to the first and yes to the second."""
    thresholds = np.array([[0.1, 0.1, 0.9]])
    scores = np.array([[[0.15, 0.15, 0.1]], [[0.05, 0.05, 0.95]]])
    assert vote(scores, thresholds)[:, 0].tolist() == [True, False]
    assert mean_scores(scores)[:, 0] == pytest.approx([0.4 / 3, 1.05 / 3])


def test_a_detector_is_read_as_it_was_written(detector, tmp_path):
    paths = tmp_path / "one.h5", tmp_path / "two.h5"
    for path in paths:
        write_detector(path, detector)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    again = read_detector(paths[0])
    embeddings = np.random.default_rng(2).normal(size=(7, 6)).astype(np.float16)
    scores = detector.scores(embeddings)
    assert scores.shape == (7, 2, 2)
    assert np.array_equal(again.scores(embeddings), scores)
    assert np.array_equal(scores[:, :, 1], detector.heads[1](embeddings))
    assert np.array_equal(again.distances(embeddings), detector.distances(embeddings))
    assert again.about == detector.about


@pytest.mark.parametrize("how", ["max", "mean"])
def test_a_clip_has_the_score_of_its_windows_together(detector, how):
    hears = replace(detector, about=detector.about | {"combine": how})
    windows = np.random.default_rng(2).normal(size=(7, 3, 6)).astype(np.float16)
    each = np.stack([detector.scores(windows[:, at]) for at in range(3)], axis=1)
    assert np.array_equal(hears.scores(windows), getattr(each, how)(axis=1))
    mean = windows.mean(axis=1, dtype=np.float32)
    assert np.array_equal(hears.distances(windows), detector.distances(mean))
    pooled = replace(detector, about=detector.about | {"combine": "pooled"})
    assert np.array_equal(pooled.scores(windows), detector.scores(mean))
    # One window is a clip.
    one = hears.scores(windows[:, :1])
    assert np.array_equal(one, detector.scores(windows[:, 0]))


@pytest.mark.fault(
    "Detection",
    "a model for detection that is damaged",
    sees="is not a detector of this workflow, or is damaged",
    kept="everything else; delete the file and the next run makes it again",
)
def test_a_damaged_detector_is_refused(detector, tmp_path, sees):
    path = tmp_path / "model.h5"
    write_detector(path, detector)
    content = bytearray(path.read_bytes())
    at = content.index(detector.reference.tobytes())
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match=sees):
        read_detector(path)


@pytest.mark.fault(
    "Detection",
    "a model whose images were drawn with other settings than the config has",
    sees="was trained with other settings",
    kept="what was detected before",
)
@pytest.mark.parametrize(
    "other",
    [
        {"sr": 16000},
        {"length": 3.0},
        {"spectrogram": {"n_fft": 1024, "top_db": 60.0}},
        {"spectrogram": {"n_fft": 1024}},
    ],
)
def test_a_model_is_not_used_on_other_settings(detector, other, sees):
    check_settings(detector, SETTINGS, "model.h5")
    with pytest.raises(UserError, match=sees) as refused:
        check_settings(detector, SETTINGS | other, "model.h5")
    assert next(iter(other)) in str(refused.value)


def test_a_model_that_hears_does_not_ask_how_images_are_drawn(detector):
    settings = {"length": 5.0, "sound": {"sr": 48000}}
    hears = replace(detector, about=detector.about | {"settings": settings})
    check_settings(hears, SETTINGS, "model.h5")
    check_settings(hears, {"sr": 16000, "length": 5.0}, "model.h5")
    with pytest.raises(UserError, match=r"length: 5.0 in the model, 3.0 in the config"):
        check_settings(hears, SETTINGS | {"length": 3.0}, "model.h5")


@pytest.fixture
def hears(detector):
    """A detector on a network that takes sound, and that network's about.json."""
    about = {"backbone": {"weights": "a.xml", "output": "x", "peak": None}}
    about |= {"source_sha256": "aa", "network": "as one engine wrote it"}
    told = {"settings": {"length": 5.0, "sound": {"sr": 48000}}, "embedding": about}
    return replace(detector, about=detector.about | told | about), about


def test_a_network_that_takes_sound_is_known_by_its_file(hears):
    detector, about = hears
    elsewhere = {"backbone": about["backbone"] | {"weights": "b.xml"}, "network": "as another did"}
    check_network(detector, about | elsewhere, "folder", "model.h5")
    for other in (
        {"source_sha256": "bb"},
        {"backbone": about["backbone"] | {"output": "y"}},
        {"backbone": about["backbone"] | {"peak": 0.25}},
    ):
        with pytest.raises(UserError, match="folder: is not the network that model"):
            check_network(detector, about | other, "folder", "model.h5")


def test_a_network_that_takes_images_is_known_by_its_files(detector):
    seen = replace(detector, about=detector.about | {"network": "aa"})
    check_network(seen, {"network": "aa"}, "folder", "model.h5")
    with pytest.raises(UserError, match=r"begins with bb; expected aa\)"):
        check_network(seen, {"network": "bb"}, "folder", "model.h5")


def test_thresholds_are_told_by_fold():
    tables = [[{"species": "A", "threshold": t, "source": "tuned", "n": "1"}] for t in ("1", "2")]
    rows = by_fold(["3", "4"], tables)
    assert [(row["fold"], row["threshold"]) for row in rows] == [("3", "1"), ("4", "2")]


def test_distance_is_of_directions_from_the_centre():
    centre = np.array([1.0, 1.0])
    found = directions(np.array([[2.0, 1.0], [11.0, 1.0], [1.0, 0.5], [1.0, 1.0]]), centre)
    assert found == pytest.approx(np.sqrt(2) * np.array([[1, 0], [1, 0], [0, -1], [0, 0]]))
    # From 0, the same direction, to 2, the opposite one.
    assert nearest(found[:1], -found[:1]) == pytest.approx([2.0])
    assert nearest(found[:1], found[1:2]) == pytest.approx([0.0])


def test_the_nearest_is_found():
    one = np.array([[0.0, 0.0], [3.0, 4.0]])
    others = np.array([[0.0, 2.0], [3.0, 4.0]])
    assert nearest(one, others) == pytest.approx([np.sqrt(2), 0])
    apart = np.array([[True, True], [True, False]])
    assert nearest(one, others, apart)[1] == pytest.approx(np.sqrt((9 + 4) / 2))


def test_each_fold_scores_what_its_own_network_makes_of_clips(detector):
    rng = np.random.default_rng(2)
    own = [rng.normal(size=(3, 6)).astype(np.float32) for _ in detector.heads]
    found = detector.own_scores(own)
    assert found.shape == (3, 2, 2)
    for number, (head, rows) in enumerate(zip(detector.heads, own, strict=True)):
        assert np.array_equal(found[:, :, number], head(rows))


@pytest.mark.fault(
    "Detection",
    "the networks of a fine-tuned model are other ones than its heads were trained with",
    sees="model.h5: was trained with other networks than those in results/training",
    kept="everything",
)
def test_own_networks_are_those_that_the_heads_were_trained_with(detector, tmp_path, sees):
    about = tmp_path / "about.json"
    about.write_text('{"network": "bb"}')
    wanting = replace(detector, about=detector.about | {"own_networks": ["bb", "aa"]})
    with pytest.raises(UserError) as refused:
        open_own(wanting, [str(about)], "model.h5", 1)
    assert sees in str(refused.value)
