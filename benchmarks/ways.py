"""Other ways to the same ends, and what a machine can do at most: what the project is measured by.

Each way is a process of its own: python benchmarks/ways.py NAME ARGUMENTS. It prints as JSON how
many units (clips, or clips and epochs) it did in how many seconds, of the clock and of the
processor, once everything was loaded and warm.
"""

import argparse
import io
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow/scripts"))
SIZE = 224


def timed(units, work):
    """Do some work, and tell how long it took."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(json.dumps({"units": units, "clock": clock, "processor": processor}))


def study_images(clips, count):
    """The study's images: a figure of each clip saved as PNG, read back and resized."""
    import librosa
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from PIL import Image

    from anurans.sounds.shards import open_shard

    def draw(clip):
        power = np.abs(librosa.stft(clip / np.float32(32768)))
        shown = librosa.amplitude_to_db(power, ref=np.max)
        figure, axes = plt.subplots()
        axes.imshow(shown, origin="lower", aspect="auto", cmap="inferno")
        axes.axis("off")
        content = io.BytesIO()
        figure.savefig(content, format="png", bbox_inches="tight", pad_inches=0)
        plt.close(figure)
        content.seek(0)
        return np.asarray(Image.open(content).convert("RGB").resize((SIZE, SIZE)))

    with open_shard(clips) as shard:
        audio = shard.data[:count]
    draw(audio[0])
    timed(len(audio), lambda: [draw(clip) for clip in audio])


def floor_images(clips, out):
    """The least that leads from clips to stored images: read, rfft, mel product, write."""
    import h5py
    import scipy.fft

    from anurans.sounds.mel import mel_filters

    filters = np.ascontiguousarray(mel_filters(22050, 1024, 128, 200.0, 8000.0).T)
    window = np.hanning(1024).astype(np.float32)
    images = np.zeros((6, SIZE, SIZE), np.uint8)

    def one(audio):
        padded = np.pad(audio, ((0, 0), (512, 512))).astype(np.float32)
        frames = np.lib.stride_tricks.sliding_window_view(padded, 1024, axis=1)[:, ::494]
        spectrum = scipy.fft.rfft(frames * window)
        power = spectrum.real**2 + spectrum.imag**2
        return power.reshape(-1, power.shape[-1]) @ filters

    def work():
        with h5py.File(clips) as source, h5py.File(out, "w") as file:
            audio, chunk = source["data"], (1, SIZE, SIZE)
            data = file.create_dataset("data", (len(audio), SIZE, SIZE), "u1", chunks=chunk)
            for first in range(0, len(audio), 6):
                one(audio[first : first + 6])
                data[first : first + 6] = images[: len(audio) - first]

    with h5py.File(clips) as source:
        count = len(source["data"])
        one(source["data"][:6])
    timed(count, work)


def images_of(shard, count):
    from anurans.sounds.shards import open_shard

    with open_shard(shard) as opened:
        return opened.data[:count]


def predict(model, shard, count):
    """keras.Model.predict in TensorFlow."""
    import keras

    network = keras.saving.load_model(model, compile=False, safe_mode=True)
    images = images_of(shard, count)
    network.predict(images[:32], verbose=0)
    timed(len(images), lambda: network.predict(images, verbose=0))


def engine(network, precision, shard, count):
    """The engine alone: compiled, its input in memory, one thread."""
    from anurans.networks.embeddings import Embedder

    embedder = Embedder(network, precision, 1)
    images = images_of(shard, count)
    batches = [images[first : first + 16] for first in range(0, len(images), 16)]
    list(embedder.embed(batches[:1]))
    timed(len(images), lambda: [None for _ in embedder.embed(batches)])


def fit(model, shard, count, units, engine="tensorflow"):
    """model.fit end to end, the backbone frozen, from images: an epoch, once it is traced."""
    os.environ["KERAS_BACKEND"] = engine
    import keras

    backbone = keras.saving.load_model(model, compile=False, safe_mode=True)
    images = np.tile(images_of(shard, count), (-(-count // 64), 1, 1))[:count]
    x = backbone(image := keras.Input((SIZE, SIZE), dtype="uint8"), training=False)
    if units:
        x = keras.layers.Dropout(0.5)(keras.layers.Dense(units, "relu", kernel_regularizer="l2")(x))
    whole = keras.Model(image, keras.layers.Dense(3, "sigmoid")(x))
    whole.compile(keras.optimizers.Adam(1e-4), "binary_crossentropy")
    labels = np.zeros((len(images), 3), np.float32)
    whole.fit(images, labels, batch_size=32, verbose=0)
    timed(len(images), lambda: whole.fit(images, labels, batch_size=32, verbose=0))


def heads(engine, width, units, clips, epochs):
    """An epoch of a head on embeddings in memory, once all is loaded and compiled."""
    from anurans.heads.recipes import Recipe
    from anurans.heads.training import fit_head

    if engine != "numpy":
        from anurans.heads.keras_training import use_engine

        use_engine(engine, 1)
    layer = {"units": units, "activation": "relu", "dropout": 0.5, "l1": 0.0, "l2": 0.001}
    recipe = Recipe([layer] if units else [], l2=0.001, epochs=epochs, standardize=False)
    rng = np.random.default_rng(1)
    x, y = rng.random((clips, width), np.float32).astype(np.float16), rng.random((clips, 3)) < 0.3
    times = []

    def note(epoch, losses):
        times.append((time.perf_counter(), time.process_time()))

    fit_head(recipe, (x, y), None, 1, note, engine=engine)
    clock, processor = np.median(np.diff(np.array(times), axis=0), axis=0)
    print(json.dumps({"units": clips, "clock": clock, "processor": processor}))


def sound_of(samples):
    """A window of sound: a gliding tone in noise."""
    times = np.arange(samples) / samples
    noise = np.random.default_rng(1).normal(scale=0.01, size=samples)
    return (0.2 * np.sin(2 * np.pi * (5000 * times + 4000 * times**2)) + noise).astype(np.float32)


def sound_engine(network, samples, count):
    """The engine alone on an exported network that takes sound: one window again and again."""
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
    core = openvino.Core()
    model = core.read_model(network)
    wanted = model.output("embedding").get_node()
    model = openvino.Model([wanted], model.get_parameters(), "sound")
    request = core.compile_model(model, "CPU", settings).create_infer_request()
    window = sound_of(samples)[None]
    for _ in range(5):
        request.infer({0: window})
    timed(count, lambda: [request.infer({0: window}) and None for _ in range(count)])


def sound_embedded(about, sr, clips):
    """Open a network, bring clips of 5 s from a rate to its own, and embed two windows of each."""
    import openvino  # noqa: F401
    import soxr

    from anurans.networks.embeddings import open_network

    clock, processor = time.perf_counter(), time.process_time()
    embedder, told = open_network(about, 1)
    clip = sound_of(5 * sr)
    starts = (0, 5 * told["sr"] - told["samples"])

    def batches():
        for first in range(0, clips, 8):
            count = min(8, clips - first)
            sounds = [soxr.resample(clip, sr, told["sr"], "HQ") for _ in range(count)]
            yield np.array([s[at : at + told["samples"]] for s in sounds for at in starts])

    for _ in embedder.embed(batches()):
        pass
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(json.dumps({"units": 2 * clips, "clock": clock, "processor": processor}))


def litert(network, delegate, output, count):
    """A .tflite in LiteRT, with XNNPACK or without any delegate, as BirdNET's own packages run it.

    A tensor within the network is kept as they keep it, or as is needed with a delegate.
    """
    import tensorflow as tf

    plain = delegate == "none"
    kind = tf.lite.experimental.OpResolverType
    interpreter = tf.lite.Interpreter(
        network,
        num_threads=1,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=kind.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        if plain
        else kind.AUTO,
    )
    interpreter.allocate_tensors()
    details = interpreter.get_tensor_details()
    index = next(each["index"] for each in details if each["name"] == output)
    given = interpreter.get_input_details()[0]

    def compute():
        interpreter.set_tensor(given["index"], window)
        interpreter.invoke()
        return interpreter.get_tensor(index)

    window = sound_of(given["shape"][1])[None]
    for _ in range(3):
        compute()
    timed(count, lambda: [compute() for _ in range(count)])


WAYS = {
    each.__name__: each
    for each in (
        study_images,
        floor_images,
        predict,
        engine,
        fit,
        heads,
        sound_engine,
        sound_embedded,
        litert,
    )
}


def main():
    """Go one way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("arguments", nargs="*")
    given = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    WAYS[given.way](*(int(a) if a.isdigit() else a for a in given.arguments))


if __name__ == "__main__":
    main()
