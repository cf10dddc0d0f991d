"""Embeddings by each engine and in each precision: what changes, and what must not."""

import json
import shutil

import h5py
import numpy as np
import pytest
import yaml
from conftest import CONFIG, ROOT, read, refused, snakemake, write_config

from anurans.engines import has_bf16

BACKBONE = "results/backbones/small/about.json"


def embedding(world, **settings):
    write_config(world, CONFIG | {"embedding": settings})


def rows(world):
    """Embeddings of the original clips, and what their shards say of them."""
    data, said = [], set()
    for path in sorted(world.glob("results/embeddings/small/original/*.h5")):
        with h5py.File(path) as file:
            data.append(file["data"][()].astype(np.float32))
            about = json.loads(file["metadata"][()].tobytes())["embedding"]
            said.add((about["engine"], about["precision"]))
    return np.concatenate(data), said


def test_tensorflow_gives_the_embeddings_of_openvino(world):
    expected, said = rows(world)
    assert said == {("openvino", "f32")}
    embedding(world, engine="tensorflow", dtype="float32")
    snakemake(world, "embeddings")
    found, said = rows(world)
    assert said == {("tensorflow", "f32")}
    # What is stored of OpenVINO's is float16.
    assert np.abs(found - expected).max() <= 2e-3 * np.abs(expected).max()


def test_auto_is_decided_once_and_written_into_every_shard(world):
    embedding(world, engine="auto", precision="auto")
    snakemake(world, "embeddings")
    about = json.loads((world / BACKBONE).read_text())
    assert about["precision"] == ("bf16" if has_bf16() else "f32")
    assert rows(world)[1] == {(about["engine"], about["precision"])}


def test_a_machine_that_lacks_the_engine_stops_with_one_sentence(world):
    about = json.loads((world / BACKBONE).read_text())
    # As where another machine exported the backbone.
    (world / BACKBONE).write_text(json.dumps(about | {"engine": "nowhere"}))
    message = refused(world, "embeddings")
    assert f"{BACKBONE} asks for embeddings by nowhere, which is not installed" in message
    assert "Traceback" not in message


@pytest.mark.slow
def test_bf16_changes_the_f1_of_no_run_of_the_demo_by_more_than_a_hundredth(fresh):
    """Minutes: the demo, twice embedded."""
    if not has_bf16():
        pytest.skip("this processor has no units for bf16")
    demo(fresh, "f32")
    before = read(fresh / "results/summary.csv")
    demo(fresh, "bf16")
    after = read(fresh / "results/summary.csv")
    assert len(before) == len(after) > 90
    keys = ("split", "backbone", "dataset", "recipe", "fold", "subset")
    far = [
        (*(a[key] for key in keys), float(a["f1_macro"]) - float(b["f1_macro"]))
        for a, b in zip(before, after, strict=True)
        if abs(float(a["f1_macro"]) - float(b["f1_macro"])) > 0.01
    ]
    assert not far


def demo(folder, precision):
    """Run the demo in a precision."""
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    text = yaml.safe_dump(config | {"embedding": {"precision": precision}})
    (folder / "demo.yaml").write_text(text)
    if not (folder / "resources").exists():
        audio = shutil.ignore_patterns("audio")
        shutil.copytree(ROOT / "resources", folder / "resources", ignore=audio)
    snakemake(folder, "--configfile", "demo.yaml", "--", "results/summary.csv")
