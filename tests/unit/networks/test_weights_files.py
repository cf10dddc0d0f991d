"""The table of weights files, against Keras' own code."""

import hashlib
import inspect
from pathlib import Path

import keras
import pytest

from anurans.networks.weights_files import FILES, WeightsFile

SHARED = Path(__file__).parents[3].parent / "shared/weights"


@pytest.mark.parametrize(("architecture", "alpha"), FILES)
def test_keras_fetches_the_same(architecture, alpha, monkeypatch):
    """The name, place and digest that it would fetch, asked where it does."""
    build = getattr(keras.applications, architecture)
    asked = {}

    def get_file(fname, origin, cache_subdir=None, file_hash=None):
        asked.update(name=fname, origin=origin, digest=file_hash)
        raise InterruptedError

    monkeypatch.setattr(inspect.getmodule(build).file_utils, "get_file", get_file)
    width = {"alpha": alpha} if architecture == "MobileNet" else {}
    with pytest.raises(InterruptedError):
        build(include_top=False, weights="imagenet", input_shape=(224, 224, 3), **width)
    file = FILES[architecture, alpha]
    place = "https://storage.googleapis.com/tensorflow/keras-applications"
    assert asked["name"] == file.name
    assert asked["origin"] == f"{place}/{file.folder}/{file.name}"
    # Keras 3.15 has none of MobileNet's.
    assert asked["digest"] in (
        {None, file.digest} if architecture == "MobileNet" else {file.digest}
    )


def test_every_file_has_something_to_check_it_by():
    for file in FILES.values():
        assert len(file.digest) in (32, 64)


def test_digests_of_files(tmp_path):
    path = tmp_path / "a.h5"
    path.write_bytes(b"weights")
    md5, sha256 = hashlib.md5(b"weights").hexdigest(), hashlib.sha256(b"weights").hexdigest()
    assert WeightsFile("x", "a.h5", md5).check(path)
    assert WeightsFile("x", "a.h5", sha256).check(path)
    path.write_bytes(b"weightz")
    assert not WeightsFile("x", "a.h5", md5).check(path)
    assert not WeightsFile("x", "a.h5", sha256).check(path)


def test_the_real_file_is_the_known_one():
    path = SHARED / "mobilenet_2_5_224_tf_no_top.h5"
    if not path.exists():
        pytest.skip(f"the ImageNet weights are not at {path}")
    assert FILES["MobileNet", 0.25].check(path)
