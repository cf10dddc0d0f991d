"""Trains a network with its head on images, by Keras on TensorFlow or JAX.

It begins at a head that was fitted on the frozen network. After each epoch all that it goes on with
is written beside its results, so that a job that was killed ends with the weights that it would
have had.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from anurans.common.files import whole
from anurans.heads.dense import Head, cross_entropy
from anurans.heads.finetuning_data import Epoch, Examples
from anurans.heads.keras_training import use_engine
from anurans.heads.recipes import LAST_BLOCK
from anurans.heads.training import settled

# First layer of the last block of each network, or the layer before it: all at the resolution of
# the last map.
BLOCKS = {
    "MobileNet": "conv_pad_12",
    "DenseNet121": "conv5_block1_0_bn",
    "ResNet50": "conv5_block1_1_conv",
    "InceptionV3": "mixed8",
}


@dataclass(frozen=True, slots=True)
class Tuning:
    """The `tuning` of a recipe, and its key `train`.

    `last` is the epoch that a training ends after, as others found it: learning rates fall to 0 at
    its end. By default a training finds itself when to stop, and they fall over all `epochs`.
    """

    train: str = LAST_BLOCK
    epochs: int = 20
    learning_rate: float = 1e-3
    base_learning_rate: float = 1e-4
    warmup: float = 1.0
    batch_size: int = 16
    patience: int | None = 5
    batch_norm: str = "frozen"
    mixup: float = 0.2
    masks: int = 1
    precision: str = "auto"
    last: int | None = None

    @property
    def stops(self) -> bool:
        """Whether the loss of a validation part tells when to stop."""
        return self.patience is not None and self.last is None

    @property
    def most(self) -> int:
        """Most epochs."""
        return self.epochs if self.last is None else self.last


@dataclass(slots=True)
class State:
    """How far a training is.

    Attributes
    ----------
    history
        A row for each epoch, from 0, the head on the frozen network: `epoch`, `loss`, `val_loss`.
    best
        Epoch of the lowest validation loss.
    weights, optimiser, kept
        Those of the network, of the optimiser, and of the network in the best epoch.
    """

    history: list[dict[str, float]] = field(default_factory=list)
    best: int = 0
    weights: list[np.ndarray] = field(default_factory=list)
    optimiser: list[np.ndarray] = field(default_factory=list)
    kept: list[np.ndarray] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of a training.

    `weights` are those of the whole network, in the order of `Network.model`; the rest is as
    `anurans.heads.training.Fit` has it, but that epoch 0 is there too, and may be the best.
    """

    weights: list[np.ndarray]
    history: list[dict[str, float]]
    best_epoch: int
    converged: bool


def prepare(engine: str, threads: int, seed: int) -> bool:
    """Choose what Keras computes with, before it is loaded; tell whether that sees a GPU.

    On the processor, the same seed and threads then give the same bytes.
    """
    from anurans.networks import gpus

    use_engine(engine, threads)
    has_gpu = gpus.seen(engine) > 0
    if engine == "tensorflow" and not has_gpu:
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    import keras

    keras.utils.set_random_seed(seed)
    return has_gpu


def policy_of(precision: str, engine: str, has_gpu: bool) -> str:
    """Name of the arithmetic in Keras: bfloat16 on a GPU that has units for it."""
    if precision != "auto" or not has_gpu:
        return "float32"
    if engine == "tensorflow":
        import tensorflow as tf

        gpu = tf.config.list_physical_devices("GPU")[0]
        found = tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0))
    else:
        import jax

        found = tuple(map(int, str(jax.devices()[0].compute_capability).split(".")))
    return "mixed_bfloat16" if found >= (8, 0) else "float32"


def learning_rates(tuning: Tuning, steps: int):
    """The head's learning rate at each step: it rises over the warm-up, and falls by a cosine to 0.

    Parameters
    ----------
    tuning
        How long it takes. At most half of it is warm-up: else it would end where the rate is
        highest, or before.
    steps
        Of an epoch.

    Returns
    -------
    keras.optimizers.schedules.LearningRateSchedule
    """
    import keras

    every = tuning.most * steps
    warm = min(round(tuning.warmup * steps), every // 2)
    rate, fall = tuning.learning_rate, max(1, every - warm)
    cosine = keras.optimizers.schedules.CosineDecay
    return cosine(0.0, fall, warmup_target=rate, warmup_steps=warm) if warm else cosine(rate, fall)


class Network:
    """A backbone and a head as one network to be trained, from images to logits.

    Parameters
    ----------
    backbone
        From `anurans.networks.backbones.build_backbone`, or loaded; trained in place.
    head
        Of one layer, fitted on its embeddings.
    tuning
        What is trained.
    policy
        Of the arithmetic, as `policy_of` names it.
    """

    def __init__(self, backbone, head: Head, tuning: Tuning, policy: str = "float32") -> None:
        import keras

        self._backbone, self._head, self.tuning = backbone, head, tuning
        image, colour, network, *after = backbone.layers
        backbone.trainable = True
        colour.trainable = False
        names = [layer.name for layer in network.layers]
        first = names.index(BLOCKS[backbone.name]) if tuning.train == LAST_BLOCK else 0
        for number, layer in enumerate(network.layers):
            is_norm = isinstance(layer, keras.layers.BatchNormalization)
            layer.trainable = number >= first and (not is_norm or tuning.batch_norm == "train")
        self.trained = sum(int(np.prod(w.shape)) for w in network.trainable_weights)
        if policy != "float32":
            for layer in (*network.layers, *after):
                layer.dtype_policy = keras.DTypePolicy(policy)
        # The saved graph has BatchNorm in inference mode, and this one what `trainable` says.
        x = colour(image.output)
        for layer in (network, *after):
            x = layer(x)
        if head.scale is not None:
            mean, deviation = head.moments
            x = keras.layers.Rescaling(1 / deviation, -mean / deviation, dtype="float32")(x)
        layer = head.layers[-1]
        dense = keras.layers.Dense(layer.kernel.shape[1], dtype="float32", name=layer.name)
        self.model = keras.Model(image.output, dense(x), name="tuned")
        dense.set_weights([layer.kernel, layer.bias])
        self._dense = dense

    def get_ready(self, steps: int, class_weights: np.ndarray | None) -> None:
        """Make it ready to be trained with so many steps an epoch."""
        import keras

        tuning, below = self.tuning, {id(w) for w in self._backbone.trainable_weights}
        shares = [
            tuning.base_learning_rate / tuning.learning_rate if id(w) in below else 1.0
            for w in self.model.trainable_weights
        ]

        class Adam(keras.optimizers.Adam):
            """With a share of the learning rate for each weight."""

            def update_step(self, gradient, variable, learning_rate):
                share = shares[self._get_variable_index(variable)]
                super().update_step(gradient, variable, learning_rate * share)

        def loss(truth, logits):
            ops, species = keras.ops, logits.shape[-1]
            labels, counts = truth[..., :species], truth[..., species:]
            each = ops.maximum(logits, 0) - logits * labels + ops.softplus(-ops.abs(logits))
            if class_weights is not None:
                negative, positive = class_weights
                each = each * (negative + labels * (positive - negative))
            return ops.mean(each * counts, axis=-1)

        model = self.model
        model.compile(
            optimizer=Adam(learning_rates(tuning, steps)),
            loss=loss,
            # XLA takes longer to compile than it saves on a processor; JAX is nothing without.
            jit_compile=keras.backend.backend() == "jax",
        )
        model.optimizer.build(model.trainable_variables)

    def train(self, epoch: Epoch) -> float:
        """Train an epoch; give its loss."""
        with ThreadPoolExecutor(1) as reader:
            done = self.model.fit(_batches(epoch, reader), epochs=1, shuffle=False, verbose=0)
        return float(done.history["loss"][0])

    def logits(self, images) -> np.ndarray:
        """What it says of images [shape=(n, size, size)]: logits [shape=(n, species)]."""
        size, found = self.tuning.batch_size, [np.empty((0, self._dense.units), np.float32)]
        for first in range(0, len(images), size):
            found.append(np.asarray(self.model.predict_on_batch(images[first : first + size])))
        return np.concatenate(found)

    def loss(self, examples: Examples, class_weights: np.ndarray | None) -> float:
        """Mean loss over examples as they are."""
        each = cross_entropy(self.logits(examples.images), examples.labels, class_weights)
        return float((each * examples.counts).mean(dtype=np.float64))

    @property
    def weights(self) -> list[np.ndarray]:
        """All weights of `model`."""
        return [np.array(weight) for weight in self.model.weights]

    @weights.setter
    def weights(self, values: Sequence[np.ndarray]) -> None:
        for weight, value in zip(self.model.weights, values, strict=True):
            weight.assign(value)

    @property
    def optimiser(self) -> list[np.ndarray]:
        """All that the optimiser goes on with."""
        return [np.array(variable) for variable in self.model.optimizer.variables]

    @optimiser.setter
    def optimiser(self, values: Sequence[np.ndarray]) -> None:
        for variable, value in zip(self.model.optimizer.variables, values, strict=True):
            variable.assign(value)

    def give_back(self, frozen) -> Head:
        """Give a backbone, loaded anew, the weights of this one, and give its head."""
        for mine, theirs in zip(self._backbone.weights, frozen.weights, strict=True):
            theirs.assign(mine)
        self._head.layers[-1].kernel[...], self._head.layers[-1].bias[...] = (
            np.array(weight) for weight in self._dense.weights
        )
        return self._head


def _batches(epoch: Epoch, reader: Executor):
    """Batches of an epoch for Keras; the reader makes one while the network learns from another."""
    import keras

    order = epoch.order()
    ahead: dict[int, Future] = {}

    def make(index: int) -> tuple[np.ndarray, np.ndarray]:
        images, labels, counts = epoch.batch(order, index)
        return images, np.concatenate([labels, counts], axis=1)

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return len(epoch)

        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            mine = ahead.pop(index, None) or reader.submit(make, index)
            if index + 1 < len(epoch):
                ahead[index + 1] = reader.submit(make, index + 1)
            return mine.result()

    return Batches()


def fit_network(
    network: Network,
    train: Examples,
    rows: np.ndarray,
    validation: Examples | None,
    class_weights: np.ndarray | None,
    seed: int,
    checkpoint: str | os.PathLike,
    identity: Mapping[str, Any],
    tell: Callable[[int, Mapping[str, float]], None] = lambda epoch, losses: None,
) -> Tuned:
    """Train a network, or go on with a training that was stopped.

    Parameters
    ----------
    network
        Trained in place; it ends with the weights that are kept.
    train, validation
        What it is trained on, and what tells when to stop; without the latter it does not.
    rows : np.ndarray [shape=(m,), dtype=int]
        Examples of an epoch, each as often as it stands there.
    class_weights : np.ndarray [shape=(2, species)] or None
        Of negative and positive labels.
    seed
        Of order, masks and mixtures.
    checkpoint
        Where what is gone on with is written after each epoch; it is left there.
    identity
        All that the result depends on: a checkpoint of another training is passed over.
    tell
        Called after each epoch, when it is written, with its number and its losses.
    """
    tuning = network.tuning
    network.get_ready(-(-len(rows) // tuning.batch_size), class_weights)
    mark = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    state = read_state(checkpoint, mark)
    if state is None:
        state = State(
            [_losses(0, network.loss(train, class_weights), network, validation, class_weights)]
        )
        state.kept = network.weights
        tell(0, state.history[0])
    else:
        network.weights, network.optimiser = state.weights, state.optimiser
    while not _ended(state, tuning, validation is not None):
        number = len(state.history)
        of = tuning.batch_size, tuning.masks, tuning.mixup, seed, number
        loss = network.train(Epoch(train, rows, *of))
        state.history.append(_losses(number, loss, network, validation, class_weights))
        state.weights, state.optimiser = network.weights, network.optimiser
        if not _stops(tuning, validation) or (
            state.history[-1]["val_loss"] < state.history[state.best]["val_loss"]
        ):
            state.best, state.kept = number, state.weights
        write_state(checkpoint, mark, state)
        tell(number, state.history[-1])
    network.weights = state.kept
    trained = state.history[1:]
    early = len(trained) < tuning.epochs
    # A loss that is held out has ended to fall, or that of the training part has.
    passed = validation is not None and state.best < len(trained)
    return Tuned(state.kept, state.history, state.best, early or passed or settled(trained))


def _losses(
    epoch: int,
    loss: float,
    network: Network,
    validation: Examples | None,
    class_weights: np.ndarray | None,
) -> dict[str, float]:
    row = {"epoch": epoch, "loss": loss}
    if validation is not None:
        row["val_loss"] = network.loss(validation, class_weights)
    return row


def _stops(tuning: Tuning, validation: Examples | None) -> bool:
    return tuning.stops and validation is not None


def _ended(state: State, tuning: Tuning, is_validated: bool) -> bool:
    epoch = len(state.history) - 1
    if epoch >= tuning.most or not tuning.stops or not is_validated:
        return epoch >= tuning.most
    return epoch > state.best and epoch - state.best >= (tuning.patience or 0)


def write_state(path: str | os.PathLike, mark: str, state: State) -> None:
    """Write how far a training is, whole or not at all; `mark` says of which."""
    with whole(path) as partial, h5py.File(partial, "w") as file:
        file.attrs["mark"], file.attrs["best"] = mark, state.best
        file.attrs["history"] = json.dumps(state.history)
        for name in ("weights", "optimiser", "kept"):
            for number, values in enumerate(getattr(state, name)):
                file.create_dataset(f"{name}/{number}", data=values, fletcher32=values.ndim > 0)


def read_state(path: str | os.PathLike, mark: str) -> State | None:
    """Read how far a training is; None where nothing is there of it, or nothing that is whole."""
    if not Path(path).exists():
        return None
    try:
        with h5py.File(path) as file:
            if file.attrs["mark"] != mark:
                return None
            lists = (
                [file[f"{name}/{number}"][()] for number in range(len(file[name]))]
                for name in ("weights", "optimiser", "kept")
            )
            return State(json.loads(file.attrs["history"]), int(file.attrs["best"]), *lists)
    except (OSError, KeyError, ValueError):
        return None
