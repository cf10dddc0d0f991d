"""Shapes of what networks that take sound are given and give."""

import pytest

from anurans.common.errors import UserError
from anurans.networks.sound_networks import SoundSettings
from anurans.networks.sound_shapes import averaged_axes, find_name, input_shape

SETTINGS = SoundSettings("sound", "net.onnx", 16000, 0.5)


@pytest.mark.parametrize(
    ("dims", "shape"),
    [
        (None, [1, 8000]),
        ([-1, 8000], [1, 8000]),
        ([1, 8000], [1, 8000]),
        ([-1, -1], [1, 8000]),
        ([8000], [8000]),
        ([-1], [8000]),
        ([-1, 1, 8000], [1, 1, 8000]),
        ([-1, 8000, 1], [1, 8000, 1]),
        ([1, 1, -1], [1, 1, 8000]),
        ([-1, -1, 1], [1, 8000, 1]),
    ],
)
def test_one_window_fits_what_a_network_takes(dims, shape):
    assert input_shape(dims, SETTINGS) == shape


@pytest.mark.parametrize(
    ("dims", "said"),
    [
        ([-1, 16000], r"net.onnx: takes \[any, 16000\], but the config asks for windows of 8000"),
        ([16, 8000], r"takes \[16, 8000\]"),
        ([-1, 2, 8000], r"takes \[any, 2, 8000\]"),
        ([-1, 224, 224, 3], r"takes \[any, 224, 224, 3\], which is not sound"),
        ([], "which is not sound"),
        ([1, 1], "too little for"),
    ],
)
def test_what_takes_another_window_or_no_sound_is_refused(dims, said):
    with pytest.raises(UserError, match=said):
        input_shape(dims, SETTINGS)


def test_the_embedding_is_the_only_output_or_named():
    assert find_name(["a", "b"], ["b"], None, "net.onnx") == "b"
    assert find_name(["a", "b"], ["b"], "a", "net.onnx") == "a"
    with pytest.raises(
        UserError, match=r"has 2 outputs; set output: .* embedding: label, features"
    ):
        find_name(["label", "features"], ["label", "features"], None, "net.onnx")
    with pytest.raises(
        UserError, match=r"no tensor feature .did you mean features\?\); its outputs"
    ):
        find_name(["label", "features"], ["label"], "feature", "net.onnx")


@pytest.mark.parametrize(
    ("shape", "batched", "axes"),
    [
        ([1, 1024], True, []),
        ([1, 16, 4, 1536], True, [1, 2]),
        ([1, 6, 1, 1], True, [2, 3]),
        ([1, 1, 6], True, [1]),
        ([5, 1024], False, [0]),
        ([1, 1024], False, [0]),
        ([1024], False, []),
        ([5, 1024], True, [0]),
    ],
)
def test_frames_and_places_are_averaged(shape, batched, axes):
    assert averaged_axes(shape, batched) == axes
