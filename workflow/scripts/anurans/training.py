"""Heads on embeddings: built and trained with Keras, on any of its backends."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np


def use_threads(threads: int) -> None:
    """Let the backend compute with that many threads; to be called before it computes."""
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One entry of the config's `recipes`."""

    layers: Sequence[Mapping[str, float | int | str]] = ()
    standardize: bool = True
    dropout: float = 0.0
    l1: float = 0.0
    l2: float = 0.0
    learning_rate: float = 1e-3
    balance: str = "none"
    batch_size: int = 32
    epochs: int = 100
    early_stopping: Mapping[str, int] | None = None
    save: str = "best"


@dataclass(frozen=True, slots=True)
class Fit:
    """What came of a training.

    `history` has one row per epoch (epoch, loss, and val_loss where there is validation);
    `best_epoch` is the one whose weights were kept, both counted from 1.
    """

    head: keras.Model
    history: list[dict[str, float]]
    best_epoch: int


def build_head(recipe: Recipe, width: int, species: int, scale: np.ndarray | None) -> keras.Model:
    """Build a head.

    Parameters
    ----------
    recipe
        The recipe.
    width
        Width of the embeddings.
    species
        Number of species.
    scale : np.ndarray [shape=(2, width)] or None
        Mean and variance that embeddings are standardized by, from `moments`.

    Returns
    -------
    keras.Model
        From embeddings [shape=(n, width)] to probabilities [shape=(n, species)].
    """
    x = inputs = keras.Input((width,), dtype="float32", name="embedding")
    if scale is not None:
        x = keras.layers.Normalization(mean=scale[0], variance=scale[1], name="standardize")(x)
    for number, layer in enumerate(recipe.layers, start=1):
        x = keras.layers.Dense(
            layer["units"],
            activation=layer["activation"],
            kernel_regularizer=_penalty(layer),
            name=f"dense{number}",
        )(x)
        if layer["dropout"]:
            x = keras.layers.Dropout(layer["dropout"], name=f"dropout{number}")(x)
    if recipe.dropout:
        x = keras.layers.Dropout(recipe.dropout, name="dropout")(x)
    penalty = _penalty({"l1": recipe.l1, "l2": recipe.l2})
    outputs = keras.layers.Dense(
        species, activation="sigmoid", kernel_regularizer=penalty, name="probability"
    )(x)
    return keras.Model(inputs, outputs, name="head")


def moments(embeddings: np.ndarray, rows: int = 1024) -> np.ndarray:
    """Mean and variance of each embedding value, in float64, `rows` clips at a time.

    A value that never changes gets variance 1, so that it standardizes to 0.

    Returns
    -------
    np.ndarray [shape=(2, width), dtype=float32]
    """
    blocks = range(0, len(embeddings), rows)
    mean = sum(embeddings[b : b + rows].sum(axis=0, dtype=np.float64) for b in blocks)
    mean = mean / len(embeddings)
    squares = sum(((embeddings[b : b + rows] - mean) ** 2).sum(axis=0) for b in blocks)
    variance = squares / len(embeddings)
    return np.stack([mean, np.where(variance > 0, variance, 1.0)]).astype(np.float32)


def class_weights(labels: np.ndarray) -> np.ndarray:
    """Weight of negative and positive clips of each species, so that both weigh the same.

    n / (2 * count), as scikit-learn's `balanced`; 1 where a species is in all clips or none.

    Parameters
    ----------
    labels : np.ndarray [shape=(n, species), dtype=bool]

    Returns
    -------
    np.ndarray [shape=(2, species), dtype=float32]
    """
    positives = labels.sum(axis=0)
    counts = np.stack([len(labels) - positives, positives])
    weights = len(labels) / (2 * np.maximum(counts, 1))
    return np.where((counts > 0).all(axis=0), weights, 1.0).astype(np.float32)


def oversampled(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rows to train on in an epoch, where clips with rare labels stand more often.

    A clip stands sqrt(f / f_s) times, f_s the share of clips with label s, f that of the commonest
    label, for the rarest label that it has (Gupta et al. 2019, LVIS, arXiv:1908.03195, appendix);
    fractions are dealt by `rng`, a clip without labels stands once.

    Parameters
    ----------
    labels : np.ndarray [shape=(n, species), dtype=bool]
    rng
        Deals the fractions.

    Returns
    -------
    np.ndarray [shape=(m,), dtype=int]
    """
    counts = np.maximum(labels.sum(axis=0), 1)
    repeats = np.where(labels, np.sqrt(counts.max() / counts), 1.0).max(axis=1)
    whole = np.floor(repeats).astype(int)
    times = whole + (rng.random(len(labels)) < repeats - whole)
    return np.repeat(np.arange(len(labels)), times)


def weighted_loss(weights: np.ndarray) -> Callable:
    """Binary cross-entropy with the weights [shape=(2, species)] of `class_weights`."""

    def loss(truth, probability):
        each = keras.losses.binary_crossentropy(truth[..., None], probability[..., None])
        weight = weights[0] + truth * (weights[1] - weights[0])
        return keras.ops.mean(each * weight, axis=-1)

    return loss


class Batches(keras.utils.PyDataset):
    """Batches of embeddings and labels, in an order shuffled anew each epoch from a seed.

    Embeddings stay in the type they are stored in until a batch of them is used. `rows` are those
    of an epoch, by default each once.
    """

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        batch_size: int,
        rng: np.random.Generator | None,
        rows: np.ndarray | None = None,
    ) -> None:
        super().__init__()
        self._x, self._y, self._size, self._rng = x, y.astype(np.float32), batch_size, rng
        self._order = np.arange(len(x)) if rows is None else rows.copy()
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self._order) // self._size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rows = self._order[index * self._size : (index + 1) * self._size]
        return self._x[rows].astype(np.float32), self._y[rows]

    def on_epoch_end(self) -> None:
        if self._rng is not None:
            self._rng.shuffle(self._order)


def fit_head(
    recipe: Recipe,
    train: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray] | None,
    seed: int,
    tell: Callable[[int, Mapping[str, float]], None] = lambda epoch, losses: None,
    keep: Callable[[int, keras.Model], None] = lambda epoch, head: None,
) -> Fit:
    """Train a head with Adam and binary cross-entropy.

    Parameters
    ----------
    recipe
        The recipe.
    train, validation
        Embeddings [shape=(n, width)] and labels [shape=(n, species)] of either part.
    seed
        Of the initial weights, dropout and order.
    tell
        Called after each epoch with its number, from 0, and its losses.
    keep
        Called after each epoch with its number, from 0, and the head, where the recipe saves all.

    Returns
    -------
    Fit
        With the weights of the epoch of the lowest validation loss where the recipe stops early.
    """
    keras.utils.set_random_seed(seed)
    x, y = train
    rows = np.arange(len(x))
    if recipe.balance == "oversample":
        rows = oversampled(y, np.random.default_rng([seed, 1]))
    scale = moments(x) if recipe.standardize else None
    head = build_head(recipe, x.shape[1], y.shape[1], scale)
    head.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss=(
            weighted_loss(class_weights(y))
            if recipe.balance == "class_weight"
            else "binary_crossentropy"
        ),
        jit_compile=False,
    )
    callbacks = [keras.callbacks.LambdaCallback(on_epoch_end=tell)]
    if recipe.save == "all":
        keeping = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, _: keep(epoch, head))
        callbacks.append(keeping)
    if recipe.early_stopping:
        stopping = keras.callbacks.EarlyStopping(
            monitor="val_loss", restore_best_weights=True, **recipe.early_stopping
        )
        callbacks.append(stopping)
    history = head.fit(
        Batches(x, y, recipe.batch_size, np.random.default_rng(seed), rows),
        validation_data=validation and Batches(*validation, recipe.batch_size, None),
        epochs=recipe.epochs,
        callbacks=callbacks,
        shuffle=False,
        verbose=0,
    ).history
    rows = [
        {"epoch": epoch, **{name: float(values[epoch - 1]) for name, values in history.items()}}
        for epoch in range(1, len(history["loss"]) + 1)
    ]
    best = len(rows)
    if recipe.early_stopping:
        first = min(recipe.early_stopping["start_from_epoch"], len(rows) - 1)
        best = min(rows[first:], key=lambda row: row["val_loss"])["epoch"]
    return Fit(head, rows, best)


def predict(head: keras.Model, batches: Iterable[np.ndarray]) -> np.ndarray:
    """Probabilities of embeddings.

    Parameters
    ----------
    head
        From `fit_head`.
    batches
        Arrays [shape=(n, width)].

    Returns
    -------
    np.ndarray [shape=(n, species), dtype=float32]
    """
    found = [
        keras.ops.convert_to_numpy(head(batch.astype(np.float32), training=False))
        for batch in batches
    ]
    return np.concatenate([np.empty((0, head.output_shape[1]), np.float32), *found])


def count_parameters(head: keras.Model) -> int:
    """Count the trained weights of a head."""
    return sum(int(np.prod(weight.shape)) for weight in head.trainable_weights)


def without_state(head: keras.Model) -> keras.Model:
    """Give a head without the state of its optimiser, which only training needs."""
    return keras.Model(head.input, head.output, name=head.name)


def _penalty(layer: Mapping[str, float]) -> keras.Regularizer | None:
    if not (layer["l1"] or layer["l2"]):
        return None
    return keras.regularizers.L1L2(l1=layer["l1"], l2=layer["l2"])
