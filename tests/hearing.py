"""A tiny network that takes sound, for worlds to hear with."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

SR, WINDOW, BANDS = 8000, 3.0, 16


def write_network(
    path: Path, samples: int = round(SR * WINDOW), classes: Sequence[int] = ()
) -> None:
    """Write how loud each of some bands is, in OpenVINO's format.

    Some bands, by number, are the scores of classes, under the name that BirdNET's have.
    """
    import openvino
    from openvino import opset13 as op

    time = np.arange(256) / SR
    bands = np.linspace(300, 3800, BANDS)[:, None]
    kernel = (np.cos(2 * np.pi * bands * time) * np.hanning(256)).astype(np.float32)
    sound = op.parameter([-1, samples], np.float32, name="sound")
    shaped = op.reshape(sound, op.constant(np.array([-1, 1, samples])), False)
    filtered = op.convolution(shaped, op.constant(kernel[:, None]), [128], [0], [0], [1])
    power = op.reduce_mean(op.multiply(filtered, filtered), op.constant(np.array([2])), False)
    level = op.log(op.add(power, op.constant(np.float32(1e-6))))
    level.output(0).set_names({"embedding"})
    results = [level]
    if classes:
        chosen = op.constant(np.array(classes)), op.constant(np.array(1))
        results.append(op.gather(level, *chosen))
        results[1].output(0).set_names({"Identity"})
    openvino.save_model(openvino.Model(results, [sound], "tiny"), path, compress_to_fp16=False)


def ear(path: str = "tiny.xml", **changes: object) -> dict[str, object]:
    """The network as one of a config's `backbones`."""
    return {"architecture": "sound", "weights": path, "sr": SR, "window": WINDOW} | changes
