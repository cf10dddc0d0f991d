"""Embeddings: images through an exported backbone, in OpenVINO or in TensorFlow.

Of networks that take sound, `anurans.networks.sound_embedders` has the engines.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from anurans.common.errors import UserError
from anurans.networks import gpus
from anurans.networks.engines import OPENVINO, TENSORFLOW, check_exported
from anurans.networks.sound_embedders import SoundEmbedder, open_sound

# Files that an engine computes with, beside about.json.
OPENVINO_FILES, TENSORFLOW_FILES = ("model.xml", "model.bin"), ("model.keras",)


def network_files(folder: str | Path, engine: str) -> list[Path]:
    """Files of a network in its folder that an engine computes with."""
    kinds = TENSORFLOW_FILES if engine == TENSORFLOW else OPENVINO_FILES
    return [Path(folder) / kind for kind in kinds]


def network_digest(paths: Sequence[str | os.PathLike]) -> str:
    """SHA-256 over the files of a network."""
    digest = hashlib.sha256()
    for path in paths:
        with Path(path).open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
    return digest.hexdigest()


def by_digest(abouts: Iterable[str | os.PathLike]) -> dict[str, Path]:
    """Path of each about.json by the SHA-256 of its network, as it says."""
    paths = list(map(Path, abouts))
    return {json.loads(path.read_text(encoding="utf-8"))["network"]: path for path in paths}


def open_network(
    path: str | Path, threads: int
) -> tuple["Embedder | KerasEmbedder | SoundEmbedder", dict[str, Any]]:
    """Open an exported network, of images or of sound.

    Parameters
    ----------
    path
        The about.json beside its files.
    threads
        Number of threads.

    Returns
    -------
    embedder, about
        Ready to compute, and what about.json holds.

    Raises
    ------
    UserError
        When this machine cannot compute with it, or a file is not as it was exported.
    """
    about = json.loads(Path(path).read_text(encoding="utf-8"))
    check_exported(about, str(path))
    is_sound = about.get("kind") == "sound"
    files = network_files(Path(path).parent, OPENVINO if is_sound else about["engine"])
    if network_digest(files) != about["network"]:
        raise UserError(
            f"{' or '.join(map(str, files))}: this network is damaged; delete its folder and run "
            "the same command again, which exports it anew."
        )
    if is_sound:
        return open_sound(about, files[0], threads), about
    if about["engine"] == TENSORFLOW:
        return KerasEmbedder(files[0], threads), about
    return Embedder(files[0], about["precision"], threads), about


class Embedder:
    """An exported backbone in OpenVINO, ready to compute; TensorFlow is not loaded.

    Parameters
    ----------
    network
        The .xml file that `anurans.networks.backbones.export_backbone` made.
    precision
        `f32` or `bf16`.
    threads
        Number of threads.
    """

    def __init__(self, network: str | Path, precision: str, threads: int) -> None:
        import openvino
        import openvino.properties as properties
        import openvino.properties.hint as hint

        self._compiled = openvino.Core().compile_model(
            str(network),
            "CPU",
            {
                hint.inference_precision(): getattr(openvino.Type, precision),
                hint.performance_mode(): hint.PerformanceMode.LATENCY,
                properties.inference_num_threads(): threads,
                properties.num_streams(): 1,
                # Else each job's thread stays on the first core: all jobs of a machine on one.
                hint.enable_cpu_pinning(): False,
            },
        )
        self.width = self._compiled.output(0).partial_shape[1].get_length()

    def embed(self, batches: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Embed batches of images.

        Parameters
        ----------
        batches
            Arrays [shape=(n, 224, 224), dtype=uint8].

        Yields
        ------
        np.ndarray [shape=(n, width), dtype=float32]
            Embeddings of a batch.
        """
        request = self._compiled.create_infer_request()
        for batch in batches:
            yield request.infer({0: batch})[0].copy()


class KerasEmbedder:
    """A saved backbone in TensorFlow, on a GPU where there is one.

    Parameters
    ----------
    model
        The .keras file.
    threads
        Number of threads of the processor.
    """

    def __init__(self, model: str | Path, threads: int) -> None:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
        os.environ["TF_NUM_INTEROP_THREADS"] = "1"
        import keras
        import tensorflow as tf

        # GPUs would multiply with 10 bits instead of 23.
        tf.config.experimental.enable_tensor_float_32_execution(False)
        gpus.share("tensorflow")
        network = keras.saving.load_model(model, compile=False, safe_mode=True)
        self.width = network.output_shape[1]
        signature = [tf.TensorSpec((None, *network.input_shape[1:]), tf.uint8)]
        self._call = tf.function(
            lambda images: network(images, training=False), input_signature=signature
        )

    def embed(self, batches: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Embed batches of images, as `Embedder.embed` does."""
        for batch in batches:
            yield self._call(batch).numpy()
