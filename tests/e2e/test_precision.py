"""Embeddings by each engine and in each precision: what changes, and what must not."""

import json

import h5py
import numpy as np
import pytest
from conftest import CONFIG, refused, snakemake, write_config

from anurans.networks.engines import has_bf16

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


@pytest.mark.slow
def test_tensorflow_gives_the_embeddings_of_openvino(world):
    expected, said = rows(world)
    assert said == {("openvino", "f32")}
    embedding(world, engine="tensorflow", dtype="float32")
    snakemake(world, "embeddings")
    found, said = rows(world)
    assert said == {("tensorflow", "f32")}
    # What is stored of OpenVINO's is float16.
    assert np.abs(found - expected).max() <= 2e-3 * np.abs(expected).max()


@pytest.mark.slow
def test_auto_is_decided_once_and_written_into_every_shard(world):
    embedding(world, engine="auto", precision="auto")
    snakemake(world, "embeddings")
    about = json.loads((world / BACKBONE).read_text())
    assert about["precision"] == "f32"
    assert rows(world)[1] == {(about["engine"], about["precision"])}


def test_a_machine_that_lacks_the_engine_stops_with_one_sentence(world):
    about = json.loads((world / BACKBONE).read_text())
    # As where another machine exported the backbone.
    (world / BACKBONE).write_text(json.dumps(about | {"engine": "nowhere"}))
    message = refused(world, "embeddings")
    assert f"{BACKBONE} asks for embeddings by nowhere, which is not installed" in message
    assert "Traceback" not in message


@pytest.mark.slow
def test_bf16_is_used_where_it_is_asked_for_and_is_no_f32(world):
    if not has_bf16():
        pytest.skip("this processor has no units for bf16")
    expected, _ = rows(world)
    embedding(world, precision="bf16")
    snakemake(world, "embeddings")
    found, said = rows(world)
    assert said == {("openvino", "bf16")}
    error = np.sqrt(((found - expected) ** 2).mean() / (expected**2).mean())
    assert 1e-4 < error < 0.5
