"""Networks that take sound, on the tiny world: from recordings to embeddings and new scores."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import CONFIG, names, planned, read, snakemake, write_config
from hearing import BANDS, SR, ear, write_network

import detect_calls
import profile_recordings
from anurans.common.tables import write_table
from anurans.heads.dense import Head, Layer
from anurans.listening.assembling import WINDOWS
from anurans.listening.detector import Detector, directions, of_clips, write_detector
from anurans.networks.sound_embedders import source_digest
from anurans.networks.sound_networks import LICENCES
from anurans.recordings.clips import parse_intervals
from anurans.sounds.shards import open_shard
from anurans.sounds.sound_profiles import BAND_COLUMNS

SHARDS = ("0000", "0001")
# Backbones that take sound, alone: with and without windows that overlap within a clip.
ALONE = {"ear": ear(), "short": ear("short.xml", window=2.5)}
BAND = np.linspace(300, 3800, BANDS)
LOW = np.abs(BAND - 800).argmin()


def hearing(techniques, backbones=ALONE):
    """Config of the tiny world with networks that take sound alone."""
    datasets = {"all": ["original", *techniques]}
    return CONFIG | {
        "backbones": backbones,
        "datasets": datasets,
        "experiments": {"datasets": {"splits": ["given"]}},
    }


def embeddings(world, backbone, technique):
    """Table and embeddings of every clip of a technique, and what made them."""
    for shard in SHARDS:
        with open_shard(world / f"results/embeddings/{backbone}/{technique}/{shard}.h5") as found:
            yield found.clips, found.data[:].astype(np.float32), found.metadata


@pytest.fixture(scope="module")
def heard(unbuilt, copied):
    """The tiny world with the embeddings of every technique by sound alone; not to be changed."""
    world = copied(unbuilt)
    write_network(world / "tiny.xml")
    write_network(world / "short.xml", round(2.5 * SR))
    write_config(world, hearing(["time_stretch", "time_mask", "frequency_mask"]))
    snakemake(world, "embeddings")
    return world


@pytest.fixture
def again(heard, tmp_path):
    """A copy of that world."""
    return Path(shutil.copytree(heard, tmp_path / "world"))


def test_no_image_is_drawn_and_no_sound_stays(heard):
    assert not list(heard.glob("results/spectrograms/**/*.h5"))
    assert not list(heard.glob("results/clips/**/*.h5"))
    assert planned(heard, "embeddings") == {}
    rules = planned(heard, "summary", options=("--forceall",))
    drawn = {"cut_clips", "stretch_time", "compute_spectrograms", "mask_spectrograms"}
    assert not drawn & rules.keys() and rules["embed_sound"] == 16


def test_a_shard_holds_every_window_of_its_clips(heard):
    for clips, data, metadata in embeddings(heard, "ear", "original"):
        assert data.shape == (len(clips), 2, BANDS)
        about = metadata["embedding"]
        assert (about["windows"], about["window"], about["sr"]) == ([0.0, 2.0], 3.0, SR)
        assert metadata["clips"] == {"sr": SR, "length": 5.0}
        assert about["source_sha256"] == source_digest(heard / "tiny.xml")
        assert about["licence"] == LICENCES["sound"]
        assert set(metadata["recordings"]) == set(clips.recording)
    for _, data, metadata in embeddings(heard, "short", "original"):
        assert data.shape[1:] == (2, BANDS)
        assert metadata["embedding"]["windows"] == [0.0, 2.5]


def test_windows_hear_what_lies_in_them(heard):
    """The low tone of the first recording lies from 1 to 4 and from 11 to 14.5 s."""
    found = {
        clip: data
        for clips, rows, _ in embeddings(heard, "short", "original")
        for clip, data in zip(clips.clip, rows[:, :, LOW], strict=True)
    }
    first = [found[clip] > 0 for clip in sorted(found) if "20210115_200000" in clip]
    expected = [[True, True], [False, False], [True, True], [False, False]]
    assert np.array_equal(first, expected)


def test_masked_copies_are_masked_as_their_images_are(heard):
    for clips, data, metadata in embeddings(heard, "ear", "frequency_mask"):
        assert metadata["masks"] == {"technique": "frequency_mask", "top": 11025.0}
        for masks, row in zip(clips.masks, data, strict=True):
            ((low, high),) = parse_intervals(masks)
            inside = (low + 200 < BAND) & (high - 200 > BAND)
            outside = (low - 200 > BAND) | (high + 200 < BAND)
            # Noise at -90 dB of full scale, against that of the recordings at -40.
            assert (row[:, inside] < -11).all() and (row[:, outside] > -9).all()
    plain = {
        clip: row
        for clips, data, _ in embeddings(heard, "short", "original")
        for clip, row in zip(clips.clip, data, strict=True)
    }
    for clips, data, _ in embeddings(heard, "short", "time_mask"):
        for name, masks, row in zip(clips.clip, clips.masks, data, strict=True):
            ((start, end),) = parse_intervals(masks)
            for at, window, before in zip((0, 2.5), row, plain[name.split("~")[0]], strict=True):
                masked = max(0.0, min(end, at + 2.5) - max(start, at)) > 0
                # A window without the mask is that of the clip, to the bit.
                assert np.array_equal(window, before) != masked


@pytest.mark.slow
def test_the_same_bytes_on_one_core_and_in_other_shards_the_same_values(heard, again):
    shutil.rmtree(again / "results/embeddings")
    snakemake(again, "--cores", "1", "embeddings")
    for path in heard.glob("results/embeddings/**/*.h5"):
        assert path.read_bytes() == (again / path.relative_to(heard)).read_bytes(), path
    write_config(again, hearing(["time_mask"], {"ear": ear()}) | {"shards": 1})
    snakemake(again, "embeddings")
    with open_shard(again / "results/embeddings/ear/time_mask/0000.h5") as shard:
        rows = dict(zip(shard.clips.clip, shard.data[:].astype(np.float32), strict=True))
    for clips, data, _ in embeddings(heard, "ear", "time_mask"):
        for clip, row in zip(clips.clip, data, strict=True):
            assert np.array_equal(rows[clip], row)


@pytest.mark.slow
def test_one_more_network_or_technique_hears_nothing_again(again):
    def jobs(techniques, backbones, **settings):
        write_config(again, hearing(techniques, backbones) | settings)
        plan = planned(again, "embeddings")
        plan.pop("embeddings", None)
        return plan

    assert jobs(["time_mask"], {"ear": ear()}) == {}
    # Of the same rate and window, from the same recordings.
    other = {"ear": ear(), "other": ear()}
    assert jobs(["time_mask"], other) == {"export_sound_network": 1, "embed_sound": 4}
    shutil.rmtree(again / "results/embeddings/ear/frequency_mask")
    assert jobs(["time_mask", "frequency_mask"], {"ear": ear()}) == {"embed_sound": 2}
    # How images are drawn, how their masks are filled, and how windows are put together.
    masks = {"time_mask": {"masks": 1, "width": [0.2, 0.2], "fill": 0}}
    settings = {"augmentation": masks, "spectrogram": {"top_db": 60.0}}
    assert jobs(["time_mask"], {"ear": ear(combine="mean")}, **settings) == {}
    assert jobs(["time_mask"], {"ear": ear()}, seed=2)["embed_sound"] == 4


@pytest.fixture(scope="module")
def detector(heard):
    """A model of two folds, with weights that nobody trained."""
    rng = np.random.default_rng(1)
    heads = tuple(
        Head(
            [Layer("out", rng.normal(0, 0.1, (BANDS, 2)).astype("f"), np.zeros(2, "f"), "sigmoid")]
        )
        for _ in range(2)
    )
    of = [
        (rows, metadata["embedding"]) for _, rows, metadata in embeddings(heard, "ear", "original")
    ]
    rows = np.concatenate([of_clips(rows) for rows, _ in of])
    centre = rows.mean(axis=0)
    about = {
        "model": {"split": "given", "backbone": "ear", "dataset": "all", "recipe": "linear"},
        "folds": ["1", "2"],
        "species": ["LOW", "HIGH"],
        "settings": {"length": 5.0, "sound": {key: of[0][1][key] for key in WINDOWS}},
        "combine": "max",
        "limit": 0.5,
    }
    exported = json.loads((heard / "results/backbones/ear/about.json").read_text())
    about |= {key: exported[key] for key in ("network", "source_sha256")}
    about["embedding"] = {"backbone": exported["backbone"]}
    return Detector(about, heads, directions(rows, centre), centre)


@pytest.fixture
def listen(heard, detector, tmp_path):
    """Give a function that listens to recordings of the world, and gives what it wrote."""

    def listened(recordings, overlap=0.0):
        write_detector(tmp_path / "model.h5", detector)
        about = [str(heard / "results/backbones/ear/about.json")]
        paths = [str(heard / f"recordings/{name}.wav") for name in recordings]
        known = [
            {"recording": name, "path": path, "fault": "", "channel": "mix"}
            for name, path in zip(recordings, paths, strict=True)
        ]
        output = SimpleNamespace(
            scores=tmp_path / "scores.h5",
            recordings=tmp_path / "found.tsv",
            profiles=tmp_path / "profiles.tsv",
        )
        params = SimpleNamespace(
            recordings=known,
            files=paths,
            overlap=overlap,
            settings={"sr": 22050, "length": 5.0},
            min_last=0.5,
            dtype="float16",
            code="",
        )
        given = SimpleNamespace(model=str(tmp_path / "model.h5"), about=about, finished=[], own=[])
        detect_calls.main(given, output, params, 1)
        with open_shard(output.scores) as shard:
            scores = dict(zip(shard.clips.clip, shard.data[:], strict=True))
        return scores, read(output.profiles, "\t")

    return listened


@pytest.mark.parametrize("overlap", [0.0, 0.5])
def test_a_known_clip_gets_the_score_that_it_had(heard, detector, listen, overlap):
    scores, profiles = listen(names()[:3], overlap)
    assert len(scores) == 3 * (4 if overlap == 0 else 7)
    known = 0
    for clips, rows, _ in embeddings(heard, "ear", "original"):
        expected = detector.scores(rows.astype(np.float16))
        for clip, row in zip(clips.clip, expected, strict=True):
            if clip in scores:
                known += 1
                assert np.array_equal(scores[clip], row), clip
    assert known == 12
    assert [float(row["far"]) for row in profiles] == [0.0] * 3
    assert all(float(row["distance"]) < 1e-3 for row in profiles)


def test_drift_is_measured_at_one_rate_whatever_the_network_takes(heard, listen, tmp_path):
    _, profiles = listen(names()[:2], 0.5)
    path = heard / "results/recordings"
    table = [row for shard in SHARDS for row in read(path / f"{shard}.tsv", "\t")]
    write_table(tmp_path / "table.tsv", list(table[0]), table)
    params = SimpleNamespace(
        recordings=names()[:2],
        files=[str(heard / f"recordings/{name}.wav") for name in names()[:2]],
        channels=["mix", "mix"],
        sr=22050,
        length=5.0,
        min_last=0.5,
    )
    output = [str(tmp_path / "training.tsv")]
    profile_recordings.main(SimpleNamespace(table=str(tmp_path / "table.tsv")), output, params)
    for new, known in zip(profiles, read(tmp_path / "training.tsv", "\t"), strict=True):
        for column in ("recording", "clips", "level", *BAND_COLUMNS):
            assert new[column] == known[column], column
