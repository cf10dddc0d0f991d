"""Windows of sound through an exported network, in OpenVINO, LiteRT or TensorFlow.

Each window is computed alone, by one thread, and several threads compute several windows: the same
window gives the same values whatever the number of threads and the size of batches.
"""

import hashlib
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np

from anurans.common.errors import UserError
from anurans.networks.engines import LITERT, OPENVINO
from anurans.networks.sound_networks import SoundSettings, sound_settings
from anurans.networks.sound_shapes import (
    EMBEDDING,
    SCORES,
    averaged_axes,
    find_outputs,
    input_shape,
)

# Names of the outputs of an exported network.


def source_files(path: str | Path) -> list[Path]:
    """Files of a network: itself, all in a folder, or an .xml and its .bin."""
    path = Path(path)
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file())
    return [path, path.with_suffix(".bin")] if path.suffix == ".xml" else [path]


def source_digest(path: str | Path) -> str:
    """SHA-256 of a network's file; of a folder, over its files in the order of their names."""
    digest = hashlib.sha256()
    for each in source_files(path):
        try:
            with each.open("rb") as file:
                hashlib.file_digest(file, lambda: digest)
        except OSError as error:
            raise UserError(
                f"{each}: this part of a network cannot be read ({error.strerror}); put it there, "
                "or correct weights in the config."
            ) from error
    return digest.hexdigest()


def open_sound(about: Mapping[str, Any], network: str | Path, threads: int) -> "SoundEmbedder":
    """Open an exported network that takes sound.

    Parameters
    ----------
    about
        What its about.json holds.
    network
        The .xml file beside it.
    threads
        Number of threads.

    Raises
    ------
    UserError
        When the network is not in it, and no longer where it was, or another one now.
    """
    settings = sound_settings(about["backbone"])
    if about["engine"] == OPENVINO:
        return OpenVinoSound(network, settings, about["precision"], threads)
    if settings.weights is None or source_digest(settings.weights) != about["source_sha256"]:
        found = "not installed here" if settings.weights is None else "another one now"
        raise UserError(
            f"{settings.weights or about['backbone']['weights']}: this network is {found}, and the "
            f"embeddings were made with the one whose SHA-256 begins with "
            f"{about['source_sha256'][:12]}; put that one back, or delete "
            f"{Path(network).parent}, which makes all its embeddings anew."
        )
    return open_source(settings, about["engine"], threads)


def open_source(settings: SoundSettings, engine: str, threads: int) -> "CalledSound":
    """Open a network where it lies, in LiteRT (`.tflite`) or TensorFlow (SavedModel)."""
    kind = LiteRtSound if engine == LITERT else TensorFlowSound
    return kind(settings, threads)


class SoundEmbedder:
    """A network that takes sound, ready to compute.

    Attributes
    ----------
    width : int
        Values of an embedding.
    classes : int
        Number of class scores; 0 of a network without classes.
    samples : int
        Samples of a window.
    """

    width: int
    classes: int

    def __init__(self, settings: SoundSettings, threads: int) -> None:
        self.samples = settings.samples
        self._peak = settings.peak
        self._threads = max(1, threads)

    def embed(self, batches: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Embed batches of windows.

        Parameters
        ----------
        batches
            Arrays [shape=(n, samples), dtype=float32], in -1 to 1, at the network's rate. Each
            window is brought to the network's peak here, where it has one.

        Yields
        ------
        np.ndarray [shape=(n, width), dtype=float32]
            Embeddings of a batch.
        """
        for batch in batches:
            (embeddings,) = self._compute(self._ready(batch), (EMBEDDING,))
            yield embeddings

    def embed_and_score(
        self, batches: Iterable[np.ndarray]
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Embed batches of windows, and score them for the network's own classes.

        Parameters
        ----------
        batches
            As `embed` takes them.

        Yields
        ------
        embeddings : np.ndarray [shape=(n, width), dtype=float32]
        scores : np.ndarray [shape=(n, classes), dtype=float32]
            As the network gives them: those of BirdNET and Perch are logits.
        """
        if not self.classes:
            raise ValueError("a network without classes gives no scores")
        for batch in batches:
            embeddings, scores = self._compute(self._ready(batch), (EMBEDDING, SCORES))
            yield embeddings, scores

    def scores(self, batches: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Score batches of windows for the network's own classes, as `embed_and_score` does."""
        for _, scores in self.embed_and_score(batches):
            yield scores

    def _ready(self, batch: np.ndarray) -> np.ndarray:
        batch = np.ascontiguousarray(batch, np.float32)
        if batch.ndim != 2 or batch.shape[1] != self.samples:
            raise ValueError(f"found {batch.shape}; expected windows of {self.samples} samples")
        if self._peak is None:
            return batch
        # As perch-hoplite prepares sound for Perch: without its mean, then to the peak.
        batch = batch - batch.mean(axis=1, keepdims=True)
        highest = np.abs(batch).max(axis=1, keepdims=True, initial=0.0)
        # Digital silence has no peak.
        return batch * np.divide(
            np.float32(self._peak), highest, out=np.ones_like(highest), where=highest > 0
        )

    def _compute(self, batch: np.ndarray, outputs: Sequence[str]) -> tuple[np.ndarray, ...]:
        raise NotImplementedError

    def _results(self, n: int, outputs: Sequence[str]) -> tuple[np.ndarray, ...]:
        widths = {EMBEDDING: self.width, SCORES: self.classes}
        return tuple(np.empty((n, widths[output]), np.float32) for output in outputs)


class OpenVinoSound(SoundEmbedder):
    """An exported network in OpenVINO."""

    def __init__(
        self, network: str | Path, settings: SoundSettings, precision: str, threads: int
    ) -> None:
        import openvino

        super().__init__(settings, threads)
        self._core, self._precision = openvino.Core(), precision
        self._network = self._core.read_model(network)
        widths = {min(each.get_names()): each.get_shape()[1] for each in self._network.outputs}
        self.width, self.classes = widths[EMBEDDING], widths.get(SCORES, 0)
        self._queues: dict[tuple[str, ...], Any] = {}

    def _compute(self, batch: np.ndarray, outputs: Sequence[str]) -> tuple[np.ndarray, ...]:
        queue, results = self._queue(tuple(outputs)), self._results(len(batch), outputs)

        def keep(request: Any, row: int) -> None:
            for number, result in enumerate(results):
                result[row] = request.get_output_tensor(number).data[0]

        queue.set_callback(keep)
        for row in range(len(batch)):
            # The batch stays where it is until all is computed: nothing needs to be copied.
            queue.start_async({0: batch[row : row + 1]}, row, share_inputs=True)
        queue.wait_all()
        return results

    def _queue(self, outputs: tuple[str, ...]) -> Any:
        """Requests of a network of these outputs alone: scores that nobody wants cost time."""
        import openvino
        import openvino.properties as properties
        import openvino.properties.hint as hint

        if outputs not in self._queues:
            wanted = [self._network.output(output).get_node() for output in outputs]
            model = openvino.Model(wanted, self._network.get_parameters(), "sound")
            compiled = self._core.compile_model(
                model,
                "CPU",
                {
                    hint.inference_precision(): getattr(openvino.Type, self._precision),
                    # A stream is one window at a time, by one thread.
                    properties.inference_num_threads(): self._threads,
                    properties.num_streams(): self._threads,
                    # Else each job's thread stays on the first core: all jobs of a machine on one.
                    hint.enable_cpu_pinning(): False,
                },
            )
            self._queues[outputs] = openvino.AsyncInferQueue(compiled, self._threads)
        return self._queues[outputs]


class CalledSound(SoundEmbedder):
    """A network that is called for one window by several threads.

    Attributes
    ----------
    parameters : int
        Number of its weights.
    """

    parameters: int

    def _compute(self, batch: np.ndarray, outputs: Sequence[str]) -> tuple[np.ndarray, ...]:
        results = self._results(len(batch), outputs)

        def compute(row: int) -> None:
            for result, values in zip(results, self._call(batch[row], outputs), strict=True):
                result[row] = values

        with ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(compute, range(len(batch))):
                pass
        return results

    def _call(self, window: np.ndarray, outputs: Sequence[str]) -> list[np.ndarray]:
        raise NotImplementedError


class LiteRtSound(CalledSound):
    """A .tflite in LiteRT with XNNPACK, with as many interpreters as threads."""

    def __init__(self, settings: SoundSettings, threads: int) -> None:
        super().__init__(settings, threads)
        first = _Interpreter(settings)
        self.parameters = first.parameters
        self.width, self.classes = first.measure()
        self._free: SimpleQueue = SimpleQueue()
        self._free.put(first)
        for _ in range(self._threads - 1):
            self._free.put(_Interpreter(settings))

    def _call(self, window: np.ndarray, outputs: Sequence[str]) -> list[np.ndarray]:
        interpreter = self._free.get()
        try:
            return interpreter.call(window, outputs)
        finally:
            self._free.put(interpreter)


class _Interpreter:
    """One interpreter of one thread, with memory of its own."""

    def __init__(self, settings: SoundSettings) -> None:
        plain = _interpreter(settings.path)
        given = plain.get_input_details()
        if len(given) != 1:
            raise UserError(
                f"{settings.weights}: has {len(given)} inputs; a network that takes sound has one, "
                "the samples."
            )
        tensors = [each["name"] for each in plain.get_tensor_details() if each["name"]]
        ends = [each["name"] for each in plain.get_output_details()]
        self._names = find_outputs(tensors, ends, settings)
        self._shape = input_shape(given[0]["shape_signature"].tolist(), settings)
        self._input = given[0]["index"]
        # A tensor within the network is there afterwards only where all are kept.
        within = not set(self._names.values()) <= set(ends)
        self._interpreter = _interpreter(settings.path, within) if within else plain
        self._interpreter.resize_tensor_input(self._input, self._shape)
        self.parameters = _count(self._interpreter)
        self._interpreter.allocate_tensors()
        details = self._interpreter.get_tensor_details()
        self._index = {
            output: next(each["index"] for each in details if each["name"] == name)
            for output, name in self._names.items()
        }

    def measure(self) -> tuple[int, int]:
        """Number of values of an embedding, and of class scores."""
        values = self.call(np.zeros(self._shape, np.float32), list(self._index))
        return len(values[0]), len(values[1]) if len(values) > 1 else 0

    def call(self, window: np.ndarray, outputs: Sequence[str]) -> list[np.ndarray]:
        """Compute one window."""
        self._interpreter.set_tensor(self._input, window.reshape(self._shape))
        self._interpreter.invoke()
        return [
            _row(self._interpreter.get_tensor(self._index[output]), len(self._shape) > 1)
            for output in outputs
        ]


def _interpreter(path: str, within: bool = False) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        from tensorflow.lite.python.interpreter import Interpreter
    with warnings.catch_warnings():
        # That the class moves to another package, and that keeping all tensors takes memory.
        warnings.simplefilter("ignore")
        try:
            return Interpreter(path, num_threads=1, experimental_preserve_all_tensors=within)
        except ValueError as error:
            raise UserError(
                f"{path}: LiteRT cannot read this network ({str(error).strip():.200}); get the "
                "file again, or correct weights in the config."
            ) from error


def _count(interpreter: Any) -> int:
    """Count the weights of a network whose tensors are not allocated: others have no values yet."""
    count = 0
    for each in interpreter.get_tensor_details():
        try:
            count += interpreter.get_tensor(each["index"]).size
        except ValueError:
            continue
    return count


class TensorFlowSound(CalledSound):
    """A SavedModel in TensorFlow."""

    def __init__(self, settings: SoundSettings, threads: int) -> None:
        super().__init__(settings, threads)
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        # One thread for each window, so that no sum is divided in another way.
        os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
        import tensorflow as tf

        path = settings.path
        try:
            self._loaded = tf.saved_model.load(path)
            self._signature = self._loaded.signatures["serving_default"]
        except (OSError, ValueError, KeyError) as error:
            raise UserError(
                f"{path}: TensorFlow finds no network with the signature serving_default in it "
                f"({str(error).splitlines()[0]:.200}); correct weights in the config."
            ) from error
        given = self._signature.structured_input_signature[1]
        if len(given) != 1:
            raise UserError(
                f"{path}: has {len(given)} inputs ({', '.join(sorted(given))}); a network that "
                "takes sound has one, the samples."
            )
        ((self._input, spec),) = given.items()
        dims = None if spec.shape.rank is None else [-1 if d is None else d for d in spec.shape]
        self._shape = input_shape(dims, settings)
        ends = sorted(self._signature.structured_outputs)
        self._names = find_outputs(ends, ends, settings)
        self.parameters = sum(v.shape.num_elements() for v in self._signature.variables)
        values = self._call(np.zeros(self.samples, np.float32), list(self._names))
        self.width, self.classes = len(values[0]), len(values[1]) if len(values) > 1 else 0

    def _call(self, window: np.ndarray, outputs: Sequence[str]) -> list[np.ndarray]:
        import tensorflow as tf

        found = self._signature(**{self._input: tf.constant(window.reshape(self._shape))})
        return [_row(found[self._names[each]].numpy(), len(self._shape) > 1) for each in outputs]


def _row(values: np.ndarray, batched: bool) -> np.ndarray:
    axes = averaged_axes(values.shape, batched)
    return values.astype(np.float32).mean(axis=tuple(axes)).ravel() if axes else values.ravel()
