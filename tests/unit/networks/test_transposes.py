"""Transposes within networks, moved down."""

import numpy as np
import pytest

from anurans.networks.engines import in_f32
from anurans.networks.transposes import order_of, sink_transposes

FRAMES, BANDS = 7, 4


def build(end):
    """Two spectrograms laid side by side as channels, as BirdNET has them, up to `end`."""
    import openvino
    from openvino import opset13 as ops

    sound = ops.parameter([1, 2 * BANDS, FRAMES], np.float32, name="sound")
    halves = ops.split(sound, 1, 2)
    transposes, channels = [], []
    for number in range(2):
        transpose = ops.transpose(halves.output(number), np.array([0, 2, 1]))
        transposes.append(transpose)
        values = ops.power(ops.multiply(transpose, transpose), np.float32(0.7 + number))
        channels.append(ops.unsqueeze(values, np.int64((-1, 3)[number])))
    image = ops.concat(channels, -1)
    image = ops.multiply(image, np.array([2, 3], np.float32).reshape(1, 1, 1, 2))
    image = ops.add(image, np.array([[[[-1, 1]]]], np.float32))
    match end:
        case "channels first":
            image = ops.transpose(image, np.array([0, 3, 2, 1]))
        case "turned":
            image = ops.transpose(image, np.array([0, 3, 1, 2]))
        case "summed":
            image = ops.reduce_mean(image, np.array([1]), False)
        case "frames":
            image = ops.multiply(image, np.arange(FRAMES, dtype=np.float32).reshape(FRAMES, 1, 1))
        case "spectra":
            image = ops.concat([image, ops.multiply(image, image)], 3)
    return openvino.Model([ops.relu(image)], [sound], "spectrograms"), transposes


def compute(model):
    sound = np.random.default_rng(1).normal(size=(1, 2 * BANDS, FRAMES)).astype(np.float32)
    return in_f32(model)({0: sound})[0].copy()


@pytest.mark.parametrize(
    ("end", "left"),
    [
        ("channels first", []),
        ("turned", [[0, 1, 3, 2]]),
        ("summed", [[0, 3, 2, 1]]),
        ("frames", [[0, 3, 2, 1]]),
        ("spectra", [[0, 3, 2, 1]]),
    ],
)
def test_what_is_computed_stays_the_same(end, left):
    model, transposes = build(end)
    before = compute(model)
    sink_transposes(model, transposes)
    transposes = [op for op in model.get_ordered_ops() if op.get_type_name() == "Transpose"]
    assert [order_of(op) for op in transposes] == left
    np.testing.assert_allclose(compute(model), before, rtol=1e-6)
