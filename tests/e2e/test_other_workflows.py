"""Finished models: what one workflow trained, another listens with, without training data."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import (
    CONFIG,
    PARTS,
    add_new,
    names,
    planned,
    read,
    refused,
    snakemake,
    write_config,
)
from hearing import ear, write_network

from anurans.sounds.shards import open_shard

# Each of two networks trains a world of its own.
pytestmark = pytest.mark.slow

# Name, the calls in it (of CALLS) and its seed.
NEW = {"TINY_20210210_203000": (3, 50), "TINY_20210611_223000": (5, 52), "undated": (2, 53)}
DETECTION = {"recordings": {"source": "new"}, "overlap": 0.5}
MODELS = {"ear": "given/ear/original/logistic", "small": "given/small/original/logistic"}


def config(backbone):
    """Config that trains one network, and listens with it."""
    backbones = {"ear": ear(combine="mean"), "small": CONFIG["backbones"]["small"]}
    return CONFIG | {
        "seed": 3,
        "spectrogram": {"top_db": 60},
        "datasets": {"original": ["original"]},
        "backbones": {backbone: backbones[backbone]},
        "recipes": {"logistic": {"C": [0.1, 1.0]}},
        "experiments": {"all": {"splits": ["given"]}},
        "detection": DETECTION | {"model": MODELS[backbone]},
    }


@pytest.fixture(scope="module")
def trained(unbuilt, copied):
    """Give a function that gives a world whose model of a network is finished, once for each."""
    worlds = {}

    def train(backbone):
        if backbone not in worlds:
            world = worlds[backbone] = copied(unbuilt)
            add_new(world, NEW)
            # One that the model knows.
            shutil.copy(world / f"recordings/{names()[5]}.wav", world / "new")
            write_network(world / "tiny.xml")
            write_config(world, config(backbone))
            snakemake(world, "monitoring", "export_detector")
        return worlds[backbone]

    return train


@pytest.fixture
def elsewhere(trained, unbuilt, tmp_path):
    """Give a function that makes a folder with a workflow, new recordings and a finished model."""

    def receive(backbone, **settings):
        world, there = tmp_path / "elsewhere", trained(backbone)
        world.mkdir()
        for part in PARTS:
            copy = shutil.copytree if (unbuilt / part).is_dir() else shutil.copy2
            copy(unbuilt / part, world / part)
        (world / "config").mkdir()
        shutil.copytree(there / "new", world / "new")
        shutil.copytree(there / "results/finished_model", world / "frogs")
        detection = DETECTION | {"model": "frogs"}
        if backbone == "ear":
            for kind in ("xml", "bin"):
                shutil.copy(there / f"tiny.{kind}", world / f"heard.{kind}")
            detection["network"] = "heard.xml"
        write_config(world, {"detection": detection | settings})
        return world

    return receive


@pytest.mark.parametrize("backbone", ["ear", "small"])
def test_it_hears_elsewhere_what_it_heard_where_it_was_trained(trained, elsewhere, backbone):
    there, here = trained(backbone), elsewhere(backbone)
    snakemake(here, "monitoring")
    assert planned(here, "monitoring") == {}
    paths = sorted((there / "results/detections/scores").glob("*.h5"))
    assert len(paths) == 4
    for path in paths:
        with open_shard(path) as one, open_shard(here / path.relative_to(there)) as other:
            assert one.clips.rows() == other.clips.rows()
            assert (one.data[:] == other.data[:]).all()
    made = ["detections/model.h5", "detections/events.csv", "detections/recordings.csv"]
    made += [f"detections/{name}.tsv" for name in ("thresholds", "calibrators", "separation")]
    made += [f"monitoring/{name}.csv" for name in ("dates", "species", "drift", "drift_nights")]
    for name in (*made, "monitoring/training.tsv"):
        one, other = (world / "results" / name for world in (there, here))
        assert one.read_bytes() == other.read_bytes(), name
    drift = {
        row["recording"]: row["outside"] for row in read(here / "results/monitoring/drift.csv")
    }
    assert drift[names()[5]] == "" and "season" in drift["TINY_20210611_223000"]
    # Nothing was trained, and nothing of training was asked for.
    assert not list(here.glob("results/training/**/*.keras"))
    assert not (here / "results/recordings.csv").exists()
    text = refused(here, "results/summary.csv")
    assert "only the targets detect and monitoring can be made" in text


def test_the_folder_has_all_but_a_network_that_takes_sound(trained):
    folder = trained("ear") / "results/finished_model"
    files = {path.name for path in folder.iterdir() if path.name != ".snakemake_timestamp"}
    tables = {"thresholds.tsv", "held_out.tsv", "training.tsv"}
    assert files == {"model.json", "detector.h5", *tables}
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert about["network"]["file"] == "tiny.xml" and len(about["network"]["sha256"]) == 64
    assert about["network"]["licence"] == "as whoever made this network says"
    assert about["species"] == CONFIG["species"] and about["audio"] == {"sr": 22050}
    assert {row["recording"] for row in read(folder / "training.tsv", "\t")} <= set(names())


def test_a_network_that_takes_images_goes_with_it(trained):
    folder = trained("small") / "results/finished_model"
    network = {path.name for path in (folder / "network").iterdir()}
    assert network == {"model.xml", "model.bin", "about.json"}
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert about["spectrogram"]["top_db"] == 60 and "network" not in about


def test_thresholds_of_a_precision_are_found_elsewhere_too(trained, elsewhere, tmp_path):
    wanted = {"thresholds": {"precision": 0.8}}
    here = elsewhere("ear", **wanted)
    snakemake(here, "results/detections/thresholds.tsv")
    there = Path(shutil.copytree(trained("ear"), tmp_path / "there"))
    given = config("ear")
    write_config(there, given | {"detection": given["detection"] | wanted})
    snakemake(there, "results/detections/thresholds.tsv")
    name = "results/detections/thresholds.tsv"
    assert (here / name).read_bytes() == (there / name).read_bytes()
    assert {row["source"] for row in read(here / name, "\t")} != {"tuned"}


@pytest.mark.fault(
    "Detection",
    "a finished model with a different network from the one it was trained on",
    sees="is not the network that the finished model was trained on: its SHA-256 begins with",
    kept="nothing is listened to",
)
def test_another_network_is_refused(elsewhere, sees):
    here = elsewhere("ear")
    write_network(here / "heard.xml", samples=23_000)
    # One that does not even take such windows.
    assert sees in refused(here, "detect")
    write_network(here / "heard.xml")
    content = (here / "heard.bin").read_bytes()
    (here / "heard.bin").write_bytes(content[:-4] + b"\0\0\0\0")
    assert sees in refused(here, "detect")


def test_damage_is_told_before_anything_is_heard(elsewhere):
    here = elsewhere("ear")
    with (here / "frogs/held_out.tsv").open("a") as file:
        file.write("\n")
    text = refused(here, "detect")
    assert "the finished model in frogs is damaged" in text
    assert "held_out.tsv: is not as it was written" in text


def test_where_it_is_trained_it_may_be_kept_as_it_is(trained, tmp_path):
    """Later trainings then change nothing of what is heard."""
    world = Path(shutil.copytree(trained("ear"), tmp_path / "world"))
    shutil.copytree(world / "results/finished_model", world / "frozen")
    given = config("ear")
    frozen = given | {"detection": given["detection"] | {"model": "frozen"}}
    write_config(world, frozen)
    before = (world / "results/detections/events.csv").read_bytes()
    snakemake(world, "detect")
    assert (world / "results/detections/events.csv").read_bytes() == before
    write_config(world, frozen | {"recipes": {"logistic": {"C": [0.5]}}})
    assert planned(world, "detect") == {} and planned(world, "training")["train_model"] == 2
    text = refused(world, "export_detector")
    assert "is the folder of a finished model already" in text
