"""Examples of a search: cut and embedded as clips are, by a network that is there."""

import numpy as np
import pytest
import soundfile as sf
from hearing import SR, WINDOW, ear, write_network

from anurans.annotations.formats import Annotation
from anurans.annotations.labels import LabelRule
from anurans.common.errors import UserError
from anurans.listening.days import embed, embedder_of
from anurans.networks.sound_embedders import OpenVinoSound
from anurans.networks.sound_export import export_sound
from anurans.networks.sound_networks import fill, sound_settings
from anurans.recordings.audio import Source
from anurans.recordings.clips import clips_at, concatenate
from anurans.review.examples import (
    centre_of,
    embed_example,
    embed_label,
    label_windows,
    lay_example,
    merge_nearest,
)
from anurans.review.search import nearness

ABOUT = {"windows": [0.0, 2.0], "window": WINDOW}
SOUND = {"sr": SR, "samples": round(SR * WINDOW), "seed": 1}


def test_a_call_lies_in_the_middle_of_what_the_network_takes():
    assert lay_example(10, 11, 3, 60).tolist() == [9]
    assert lay_example(0.2, 0.8, 3, 60).tolist() == [0]
    assert lay_example(59, 60, 3, 60).tolist() == [57]
    # A file shorter than that is filled up.
    assert lay_example(0.5, 1, 3, 2).tolist() == [0]
    assert lay_example(10, 17, 3, 60).tolist() == [10, 12, 14]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    write_network(folder / "tiny.xml")
    settings = sound_settings(fill(ear(str(folder / "tiny.xml"))))
    export_sound(settings, "openvino", "f32", folder / "model.xml", folder / "model.bin")
    return OpenVinoSound(folder / "model.xml", settings, "f32", 1)


def tone(hz, seconds, sr):
    time = np.arange(round(seconds * sr)) / sr
    noise = np.random.default_rng(0).normal(0, 0.01, len(time))
    return 0.3 * np.sin(2 * np.pi * hz * time) + noise


def test_an_example_at_another_rate_is_nearest_to_the_clip_with_its_call(network, tmp_path):
    tones = [600, 1400, 2200, 3000]
    sound = np.concatenate([tone(hz, 5, SR) for hz in tones])
    sf.write(tmp_path / "rec.wav", sound, SR)
    source = Source("rec", str(tmp_path / "rec.wav"), "mix", 20.0, "")
    clips = clips_at("rec", [0, 5, 10, 15], 20, 5)
    listener = embedder_of(network, {"length": 5.0, "sound": SOUND})
    (stored,) = embed([source], clips, listener, 5.0, "float16")
    assert stored.shape[:2] == (4, 2) and stored.dtype == np.float16
    # Only the wanted clips, as they are within all.
    (some,) = embed([source], clips[[1, 3]], listener, 5.0, "float16")
    assert np.array_equal(some, stored[[1, 3]])
    quiet = np.random.default_rng(1).normal(0, 0.01, 22050 * 4)
    sf.write(tmp_path / "call.flac", np.concatenate([quiet, tone(2200, 2, 22050), quiet]), 22050)
    small = embedder_of(network, {"length": WINDOW, "sound": SOUND})
    path = str(tmp_path / "call.flac")
    example = embed_example(path, "mix", 4.2, 5.8, small, WINDOW)
    assert example.shape == (1, stored.shape[-1])
    centre = centre_of([stored.astype(float)])
    near = nearness(example - centre, stored.astype(float) - centre)
    assert near.argmax() == 2 and near[2] > 0.8 and sorted(near)[2] < 0
    long = embed_example(path, "mix", 1.0, 9.0, small, WINDOW)
    assert len(long) == 3


@pytest.mark.fault(
    "Review",
    "an example (`search`) that is not sound, or ends before its call does",
    sees="search.example: ",
    kept="all queues; nothing is searched",
)
def test_an_example_that_cannot_be_used(network, tmp_path, sees):
    listener = embedder_of(network, {"length": WINDOW, "sound": SOUND})
    (tmp_path / "a.wav").write_text("no sound")
    with pytest.raises(UserError, match=sees):
        embed_example(str(tmp_path / "a.wav"), "mix", 0, 1, listener, WINDOW)
    sf.write(tmp_path / "b.wav", tone(600, 2, SR), SR)
    with pytest.raises(UserError, match=r"search.end: found 90; .*b.wav ends after 2 s"):
        embed_example(str(tmp_path / "b.wav"), "mix", 80, 90, listener, WINDOW)


CALLS = {"r1": (Annotation(3.5, 4.5, "A", "", None, None),), "r2": ()}


def test_windows_with_a_call_are_the_example():
    table = concatenate([clips_at(name, [0, 5], 10, 5) for name in ("r1", "r2", "r3")])
    durations = dict.fromkeys(("r1", "r2", "r3"), 10.0)
    found = label_windows(table, ABOUT, CALLS, durations, "A", LabelRule())
    assert found.tolist() == [[False, True], *[[False, False]] * 5]
    whole = label_windows(table, {}, CALLS, durations, "A", LabelRule())
    assert whole.ravel().tolist() == [True, *[False] * 5]


def shard(name, values):
    table = clips_at(name, [0, 5], 10, 5)
    return (
        table,
        np.array(values, float),
        {
            "recordings": {name: {"duration_s": 10.0}},
            "embedding": ABOUT,
        },
    )


def test_a_label_is_the_mean_of_its_windows_and_its_clips_are_known():
    calls = CALLS | {"r2": (Annotation(6.0, 6.5, "A", "", None, None),)}
    shards = [
        shard("r1", [[[0, 0], [2, 4]], [[9, 9], [9, 9]]]),
        shard("r2", [[[9, 9], [9, 9]], [[4, 0], [9, 9]]]),
    ]
    mean, count, clips = embed_label(shards, calls, "A", LabelRule())
    assert mean.tolist() == [[3, 2]] and count == 2
    assert clips == {"r1": [(0, 5)], "r2": [(5, 10)]}
    with pytest.raises(UserError, match="no clip is labelled B; annotate one call"):
        embed_label(shards, calls, "B", LabelRule())


def test_the_nearest_of_all_shards_come_first_whatever_the_shards():
    one, two = clips_at("r1", [0, 5], 10, 5), clips_at("r0", [0, 5], 10, 5)
    found = [(one, np.array([0.3, 0.9])), (two, np.array([0.9, 0.5]))]
    wanted = [("r0", 0, 5, 0.9), ("r1", 5, 10, 0.9), ("r0", 5, 10, 0.5)]
    assert merge_nearest(found, 3) == wanted == merge_nearest(found[::-1], 3)


def test_the_centre_is_of_all_windows():
    parts = [np.array([[[1.0, 2], [3, 4]]]), np.array([[[5.0, 0], [7, 2]]])]
    assert centre_of(parts).tolist() == [4, 2]
