"""Exported networks of images: which files they are of, and what both engines make of images."""

import hashlib
import json
import os
import shutil
import threading

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.networks import embeddings
from anurans.networks.backbones import BackboneSettings, build_backbone, export_backbone
from anurans.networks.embeddings import Embedder, network_digest, network_files, open_network


def images(n, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, 224, 224)).astype(np.uint8)


def about_of(folder, **given):
    """Write about.json beside files of a network, which need be none."""
    about = {"engine": "openvino", "precision": "f32"} | given
    about["network"] = network_digest(network_files(folder, about["engine"]))
    (folder / "about.json").write_text(json.dumps(about))
    return folder / "about.json", about


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder with a network for both engines; not to be changed."""
    folder = tmp_path_factory.mktemp("network")
    model = build_backbone(BackboneSettings("MobileNet", 0.25, weights="random"))
    export_backbone(model, folder / "model.xml")
    model.save(folder / "model.keras")
    return folder


def test_a_network_is_digested_by_what_its_files_hold_one_after_the_other(tmp_path):
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").write_bytes(b"two" * 100_000)
    paths = [tmp_path / "a", tmp_path / "b"]
    expected = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    assert network_digest(paths) == expected
    assert network_digest(paths[::-1]) != expected
    (tmp_path / "a").rename(tmp_path / "c")
    assert network_digest([tmp_path / "c", tmp_path / "b"]) == expected


def test_each_engine_has_its_files(tmp_path):
    names = {
        engine: [path.relative_to(tmp_path).as_posix() for path in network_files(tmp_path, engine)]
        for engine in ("openvino", "tensorflow")
    }
    assert names == {"openvino": ["model.xml", "model.bin"], "tensorflow": ["model.keras"]}


@pytest.mark.parametrize(
    ("about", "opened"),
    [
        ({}, ("image", "model.xml", "f32", 3)),
        ({"precision": "bf16"}, ("image", "model.xml", "bf16", 3)),
        ({"engine": "tensorflow"}, ("keras", "model.keras", 3)),
        ({"kind": "sound"}, ("sound", "model.xml", 3)),
    ],
)
def test_a_network_is_opened_by_what_it_is_of(tmp_path, monkeypatch, about, opened):
    for name in ("model.xml", "model.bin", "model.keras"):
        (tmp_path / name).write_text(name)
    path, written = about_of(tmp_path, **about)
    monkeypatch.setattr(embeddings, "check_exported", lambda about, path: None)
    monkeypatch.setattr(embeddings, "Embedder", lambda p, *of: ("image", p.name, *of))
    monkeypatch.setattr(embeddings, "KerasEmbedder", lambda p, *of: ("keras", p.name, *of))
    monkeypatch.setattr(embeddings, "open_sound", lambda about, p, of: ("sound", p.name, of))
    assert open_network(path, 3) == (opened, written)


def test_a_network_that_this_machine_cannot_compute_is_refused_before_its_files_are_read(tmp_path):
    path = tmp_path / "about.json"
    path.write_text(json.dumps({"engine": "abacus", "precision": "f32"}))
    with pytest.raises(UserError) as refused:
        open_network(path, 1)
    assert f"{path} asks for embeddings by abacus, which is not installed" in str(refused.value)


def test_embeddings_of_a_batch_stay_when_the_next_is_computed(exported):
    embedder = Embedder(exported / "model.xml", "f32", 1)
    batches = [images(2), images(3, seed=1), images(1, seed=2)]
    together = list(embedder.embed(batches))
    assert [found.shape for found in together] == [(2, 256), (3, 256), (1, 256)]
    assert all(found.dtype == np.float32 for found in together)
    for batch, found in zip(batches, together, strict=True):
        (alone,) = embedder.embed([batch])
        assert np.array_equal(found, alone)


@pytest.mark.fault(
    "Crashes",
    "a flipped bit in an exported network",
    sees="this network is damaged; delete its folder and run the same command again",
    kept="everything else; no embedding is computed with it, and the file is named",
)
@pytest.mark.parametrize("file", ["model.xml", "model.bin"])
def test_a_damaged_network_is_not_computed_with(exported, tmp_path, sees, file):
    shutil.copytree(exported, tmp_path, dirs_exist_ok=True)
    path, about = about_of(tmp_path)
    embedder, found = open_network(path, 1)
    assert found == about and embedder.width == 256
    content = bytearray((tmp_path / file).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / file).write_bytes(content)
    with pytest.raises(UserError, match=sees) as refused:
        open_network(tmp_path / "about.json", 1)
    assert str(tmp_path / file) in str(refused.value)


def test_both_engines_open_what_was_exported_and_agree(exported, tmp_path):
    shutil.copytree(exported, tmp_path, dirs_exist_ok=True)
    found = {}
    for engine in ("openvino", "tensorflow"):
        embedder, _ = open_network(about_of(tmp_path, engine=engine)[0], 1)
        assert embedder.width == 256
        found[engine] = np.concatenate(list(embedder.embed([images(3), images(2, seed=1)])))
    one, other = found.values()
    assert one.shape == (5, 256) and np.abs(one - other).max() <= 1e-4 * np.abs(one).max()


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core")
def test_a_job_of_one_thread_is_bound_to_no_core(exported):
    """Bound ones would all be on the first core: on eight, eight jobs would go on one."""
    embedder = Embedder(exported / "model.xml", "f32", threads=1)
    every, seen, done = os.sched_getaffinity(0), [], threading.Event()
    here = threading.get_native_id()

    def watch():
        while not done.wait(0.001):
            seen.append(os.sched_getaffinity(here))

    watcher = threading.Thread(target=watch)
    watcher.start()
    list(embedder.embed([images(16)] * 4))
    done.set()
    watcher.join()
    assert len(seen) > 20 and all(cores == every for cores in seen)
