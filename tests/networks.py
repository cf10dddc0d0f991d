"""Small networks that take sound, one of each format, and what they must give, by NumPy.

Each cuts sound into frames, takes a part of the spectrum, sums it in bands, averages over time, and
puts a layer on that: the embedding is the layer's input, the scores its output.
"""

from pathlib import Path

import numpy as np
import pytest

from anurans.networks.sound_networks import find_birdnet

needs_birdnet = pytest.mark.skipif(
    find_birdnet() is None, reason="BirdNET is not installed (make env without NETWORKS=none)"
)

SR, WINDOW = 8000, 0.25
SAMPLES = 2000
LENGTH, HOP, BANDS, CLASSES = 256, 100, 12, 5
FRAMES = (SAMPLES - LENGTH) // HOP + 1


def arrays():
    """Window, bands and layer of the small networks."""
    rng = np.random.default_rng(3)
    window = np.hanning(LENGTH).astype(np.float32)
    bands = np.abs(rng.normal(size=(LENGTH // 2 + 1, BANDS))).astype(np.float32)
    return window, bands, rng.normal(size=(BANDS, CLASSES)).astype(np.float32)


def sounds(n, samples=SAMPLES, sr=SR, seed=5):
    """Sounds [shape=(n, samples)]: gliding tones in noise."""
    rng = np.random.default_rng(seed)
    times = np.arange(samples) / sr
    tones = [
        0.2 * np.sin(2 * np.pi * (rng.uniform(0.05, 0.3) * sr * times + 300 * times**2))
        + rng.normal(scale=10 ** rng.uniform(-3, -1), size=samples)
        for _ in range(n)
    ]
    return np.array(tones, np.float32)


def expected(sound, part=np.real):
    """Embeddings and scores of sounds, in float64."""
    window, bands, layer = (each.astype(float) for each in arrays())
    frames = np.lib.stride_tricks.sliding_window_view(sound.astype(float), LENGTH, axis=1)[:, ::HOP]
    embeddings = ((part(np.fft.rfft(frames * window)) @ bands) ** 2).mean(axis=1)
    return embeddings, embeddings @ layer


def _tensorflow(part, shape, bands_at_once=True):
    """The network as a function of TensorFlow, with an input of this shape."""
    import tensorflow as tf

    window, bands, layer = arrays()

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32, name="sound")])
    def network(sound):
        flat = tf.reshape(sound, [-1, SAMPLES])
        spectrum = tf.signal.stft(flat, LENGTH, HOP, window_fn=lambda *_, dtype: window)
        values = tf.math.real(spectrum) if part == "real" else tf.abs(spectrum)
        if part == "cast":
            values = tf.cast(spectrum, tf.float32)
        # Taking frames apart and joining them again is no product of one matrix.
        if not bands_at_once:
            values = tf.concat([values[:, :1], values[:, 1:]], axis=1)
        embedding = tf.reduce_mean(tf.square(tf.tensordot(values, bands, 1)), axis=1, name="inner")
        return {"embedding": embedding, "scores": tf.matmul(embedding, layer)}

    return network


def write_tflite(path, part="cast", shape=None, bands=True):
    """Write a .tflite of the `cast` (which is the real part), `real` or `abs` of a transform."""
    import tensorflow as tf

    network = _tensorflow(part, shape or (1, SAMPLES), bands)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([network.get_concrete_function()])
    Path(path).write_bytes(converter.convert())


def write_saved_model(path, shape=(None, SAMPLES)):
    """Write a SavedModel with the outputs `embedding` and `scores`."""
    import tensorflow as tf

    module = tf.Module()
    module.weight = tf.Variable(np.ones(3, np.float32))
    module.network = _tensorflow("real", shape)
    signature = module.network.get_concrete_function()
    tf.saved_model.save(module, str(path), signatures={"serving_default": signature})


def write_framewise(path):
    """Write a SavedModel that takes samples alone and gives a row for each of its own frames."""
    import tensorflow as tf

    window, bands, _ = arrays()

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.float32, name="waveform")])
    def network(waveform):
        spectrum = tf.signal.stft(waveform, LENGTH, HOP, window_fn=lambda *_, dtype: window)
        return {"frames": tf.square(tf.tensordot(tf.math.real(spectrum), bands, 1))}

    module = tf.Module()
    module.network = network
    signature = network.get_concrete_function()
    tf.saved_model.save(module, str(path), signatures={"serving_default": signature})


def _matrix():
    """A fixed map from samples to 6 values, for networks without a transform."""
    return np.random.default_rng(4).normal(size=(SAMPLES, 6)).astype(np.float32)


def plain(sound):
    """What the networks of `write_openvino` and `write_onnx` give."""
    return sound.astype(float) @ _matrix()


def write_openvino(path, outputs=1):
    """Write an .xml and .bin with an input [n, 1, samples] and outputs [n, 6, 1, 1]."""
    import openvino
    from openvino import opset13 as ops

    sound = ops.parameter([-1, 1, SAMPLES], np.float32, name="sound")
    values = ops.matmul(sound, ops.constant(_matrix()), False, False)
    values = ops.reshape(values, np.array([0, 6, 1, 1]), True)
    results = []
    for number in range(outputs):
        each = ops.multiply(values, np.float32(number + 1))
        each.output(0).set_names({("features", "doubled")[number]})
        results.append(ops.result(each.output(0)))
    model = openvino.Model(results, [sound], "plain")
    openvino.save_model(model, path, compress_to_fp16=False)


def write_onnx(path):
    """Write an .onnx with an input [batch, samples] and one output [batch, 6], byte by byte.

    Fields by their numbers in onnx.proto.
    """

    def number(value):
        low = value & 0x7F
        return bytes([low]) if value < 0x80 else bytes([low | 0x80]) + number(value >> 7)

    def field(key, value):
        if isinstance(value, int):
            return number(key << 3) + number(value)
        value = value.encode() if isinstance(value, str) else value
        return number(key << 3 | 2) + number(len(value)) + value

    def info(name, *dims):
        shape = b"".join(field(1, field(1 if isinstance(d, int) else 2, d)) for d in dims)
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))

    matrix = _matrix()
    tensor = b"".join(field(1, size) for size in matrix.shape) + field(2, 1) + field(8, "matrix")
    tensor += field(9, matrix.tobytes())
    node = field(1, "sound") + field(1, "matrix") + field(2, "features") + field(4, "MatMul")
    graph = field(1, node) + field(2, "plain") + field(5, tensor)
    graph += field(11, info("sound", "batch", SAMPLES)) + field(12, info("features", "batch", 6))
    Path(path).write_bytes(field(1, 8) + field(7, graph) + field(8, field(2, 13)))
