"""Backbones: frozen networks of keras.applications, from grey image to embedding."""

import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.networks.colours import lookup_table
from anurans.networks.engines import OPENVINO
from anurans.networks.weights_files import FILES
from anurans.sounds.image_axes import SIZE

# Keras checks what it downloads against digests of its own, but for MobileNet until a version after
# 3.15.
MOBILENET = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/"


@dataclass(frozen=True, slots=True)
class BackboneSettings:
    """One entry of the config's `backbones`, and the seed of random weights."""

    architecture: str
    alpha: float = 1.0
    weights: str = "imagenet"
    pooling: str = "avg"
    colour: str = "grey"
    scaling: str = "imagenet"
    seed: int = 1


def build_backbone(settings: BackboneSettings) -> keras.Model:
    """Build a frozen backbone.

    Parameters
    ----------
    settings
        The settings.

    Returns
    -------
    keras.Model
        From images [shape=(n, 224, 224), dtype=uint8] (frequency, time) to embeddings
        [shape=(n, width), dtype=float32]. BatchNorm is in inference mode.

    Raises
    ------
    UserError
        When the weights cannot be had or do not fit.
    """
    table = lookup_table(settings.architecture, settings.colour, settings.scaling)
    network = _network(settings, float(np.mean(table**2)))
    network.trainable = False
    image = keras.Input((SIZE, SIZE), dtype="uint8", name="image")
    colour = keras.layers.Embedding(
        256, 3, trainable=False, embeddings_initializer="zeros", name="colour_and_scaling"
    )
    x = colour(image)
    colour.set_weights([table])
    # training=False: BatchNorm uses its stored statistics, even within a model that trains.
    x = network(x, training=False)
    match settings.pooling:
        case "avg":
            x = keras.layers.GlobalAveragePooling2D()(x)
        case "time":
            _, height, width, channels = x.shape
            x = keras.layers.AveragePooling2D((1, width))(x)
            x = keras.layers.Reshape((height * channels,))(x)
        case _:
            x = keras.layers.Flatten()(x)
    model = keras.Model(image, x, name=settings.architecture)
    model.trainable = False
    return model


def count_parameters(model: keras.Model) -> int:
    """Count the weights of the network within a backbone, without its colour table."""
    return next(layer for layer in model.layers if isinstance(layer, keras.Model)).count_params()


def _network(settings: BackboneSettings, input_power: float) -> keras.Model:
    build = getattr(keras.applications, settings.architecture)
    width = {"alpha": settings.alpha} if settings.architecture == "MobileNet" else {}
    arguments = dict(include_top=False, input_shape=(SIZE, SIZE, 3), **width)
    if settings.weights == "imagenet":
        try:
            if settings.architecture == "MobileNet":
                return _downloaded_mobilenet(build(weights=None, **arguments), settings.alpha)
            return build(weights="imagenet", **arguments)
        except Exception as error:
            raise UserError(
                f"The ImageNet weights of {settings.architecture} could not be downloaded "
                f"({error}). Run snakemake download_weights with this config on a machine with a "
                f"network, copy resources/weights/ here and give the path as weights: in the "
                f"config, or set weights: random to try the workflow without them."
            ) from error
    network = build(weights=None, **arguments)
    if settings.weights == "random":
        _randomize(network, settings.seed, input_power)
        return network
    try:
        # Reads arrays only: of a whole .keras model no layer is made, so that none can run code.
        network.load_weights(settings.weights)
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{settings.weights}: these weights do not fit {settings.architecture}"
            f"{f' with alpha {settings.alpha:g}' if width else ''} without top "
            f"({str(error).splitlines()[0]}). Correct weights, alpha or architecture in the config."
        ) from error
    if not all(np.isfinite(weight).all() for weight in network.get_weights()):
        raise UserError(
            f"{settings.weights}: holds weights that are not numbers (NaN or infinite); get the "
            "file again."
        )
    return network


def _downloaded_mobilenet(network: keras.Model, alpha: float) -> keras.Model:
    """Give a MobileNet its ImageNet weights, downloaded unless Keras has them already."""
    file = FILES["MobileNet", alpha]
    path = keras.utils.get_file(
        file.name, MOBILENET + file.name, cache_subdir="models", file_hash=file.digest
    )
    network.load_weights(path)
    return network


def _randomize(network: keras.Model, seed: int, input_power: float) -> None:
    """Draw every kernel by He et al. (2015), eq. 10, in NumPy: the same with every backend.

    Keras' own default, Glorot's, halves the variance at each of the many ReLU, so that deep
    networks would give embeddings too small for float16. `input_power` is the mean square of the
    network's input, which the first kernel brings to 1.
    """
    rng = np.random.default_rng(seed)
    power = input_power
    for layer in network.layers:
        weights = layer.get_weights()
        if isinstance(layer, keras.layers.DepthwiseConv2D):
            fan_in = weights[0].shape[0] * weights[0].shape[1]
        elif isinstance(layer, keras.layers.Conv2D):
            fan_in = int(np.prod(weights[0].shape[:3]))
        else:
            continue
        kernel = rng.normal(0.0, np.sqrt(2.0 / (fan_in * power)), weights[0].shape)
        layer.set_weights([kernel.astype(np.float32), *weights[1:]])
        power = 1.0


def export_backbone(model: keras.Model, path: str | Path) -> None:
    """Convert a backbone for OpenVINO.

    Parameters
    ----------
    model
        From `build_backbone`.
    path
        The .xml file; the weights go into a .bin beside it, in float32.
    """
    import openvino

    if keras.backend.backend() != "tensorflow":
        _export_elsewhere(model, path)
        return
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((None, SIZE, SIZE), tf.uint8)])
    def call(image):
        return model(image, training=False)

    network = openvino.convert_model(call.get_concrete_function())
    openvino.save_model(network, path, compress_to_fp16=False)


# OpenVINO reads networks of TensorFlow, and Keras has one of these in a process.
EXPORT = """
import sys
from anurans.networks.backbones import export_backbone, load_model
export_backbone(load_model(sys.argv[1]), sys.argv[2])
"""


def _export_elsewhere(model: keras.Model, path: str | Path) -> None:
    """Convert a backbone in a process of its own, where Keras computes with TensorFlow."""
    library = str(Path(__file__).parents[2])
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder, "model.keras")
        model.save(saved)
        more = {"KERAS_BACKEND": "tensorflow", "PYTHONPATH": library}
        command = [sys.executable, "-c", EXPORT, str(saved), str(path)]
        subprocess.run(command, env=os.environ | more, check=True)


def save_network(model: keras.Model, keras_file: Path, network: Path, engine: str) -> None:
    """Save a backbone with Keras, and export it for what is to compute it, each file whole.

    Parameters
    ----------
    model
        From `build_backbone`.
    keras_file, network
        The .keras and the .xml file; a .bin file is written beside the latter.
    engine
        `openvino`, or `tensorflow`, which computes from the former.
    """
    with whole(keras_file) as partial:
        model.save(partial)
    with whole(network.with_suffix(".bin")) as weights, whole(network) as partial:
        if engine == OPENVINO:
            export_backbone(model, partial)
            # OpenVINO writes the weights beside the network.
            partial.with_suffix(".bin").replace(weights)
        else:
            partial.write_text("<!-- Computed by TensorFlow, from model.keras. -->\n")
            weights.touch()


def join_models(backbone: str | Path, head: str | Path) -> keras.Model:
    """Join a saved backbone and a saved head: image in, probabilities out."""
    frozen, trained = load_model(backbone), load_model(head)
    return keras.Model(frozen.input, trained(frozen.output), name="model")


def load_model(path: str | Path) -> keras.Model:
    """Load a .keras file, of which nothing may run code (a Lambda layer could).

    Raises
    ------
    UserError
        When it would, or is no model.
    """
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{path}: cannot be loaded in Keras' safe mode, in which no model runs code of its own "
            f"({str(error).splitlines()[0]:.200}). Delete it, and it is made again."
        ) from error
