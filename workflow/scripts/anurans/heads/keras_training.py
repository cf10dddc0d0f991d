"""Heads as Keras models, and their training by Keras on TensorFlow or JAX."""

import os
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from anurans.common.errors import UserError
from anurans.heads.dense import Head
from anurans.heads.recipes import Recipe
from anurans.networks import gpus
from anurans.networks.embedding_rows import Embedded

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Batches that are trained on between two looks at the clock and the callbacks.
STEPS = 32


def use_engine(engine: str, threads: int) -> None:
    """Choose what Keras computes with, and its threads; to be called before Keras is loaded.

    Raises
    ------
    UserError
        When it is not installed.
    """
    if find_spec(engine) is None:
        more = ' (pip install ".[jax]", in the clone)' if engine == "jax" else ""
        raise UserError(
            f"training.engine is {engine}, which is not installed on this machine{more}; install "
            "it, or set training.engine: numpy."
        )
    os.environ["KERAS_BACKEND"] = engine
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    if engine == "jax":
        flags = f"--xla_cpu_multi_thread_eigen={str(threads > 1).lower()}"
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip()
    gpus.share(engine)


def to_keras(head: Head):
    """Build the Keras model that a head is, with its weights.

    Returns
    -------
    keras.Model
        From embeddings [shape=(n, width)] to probabilities [shape=(n, species)].
    """
    import keras

    x = inputs = keras.Input((head.width,), dtype="float32", name="embedding")
    if head.scale is not None:
        mean, variance = head.scale
        x = keras.layers.Normalization(mean=mean, variance=variance, name="standardize")(x)
    for layer in head.layers:
        for name, share in layer.drops:
            x = keras.layers.Dropout(share, name=name)(x)
        penalty = (layer.l1 or layer.l2) and keras.regularizers.L1L2(l1=layer.l1, l2=layer.l2)
        x = keras.layers.Dense(
            layer.kernel.shape[1],
            activation=layer.activation,
            kernel_regularizer=penalty or None,
            name=layer.name,
        )(x)
    model = keras.Model(inputs, x, name="head")
    model.set_weights(list(head.weights.values()))
    return model


def weighted_loss(weights: np.ndarray | None, masked: bool = False) -> Callable:
    """Binary cross-entropy with the weights [shape=(2, species)] of `class_weights`.

    Where `masked`, how much each label counts follows the labels.
    """
    import keras

    def loss(truth, probability):
        species = probability.shape[-1]
        truth, counts = truth[..., :species], truth[..., species:]
        each = keras.losses.binary_crossentropy(truth[..., None], probability[..., None])
        if weights is not None:
            each = each * (weights[0] + truth * (weights[1] - weights[0]))
        return keras.ops.mean(each * counts if masked else each, axis=-1)

    return loss


def batches(
    x: Embedded, y: np.ndarray, size: int, order: np.ndarray, counts: np.ndarray | None = None
):
    """Batches of embeddings and labels, in an `order` of rows that may change between epochs.

    Embeddings stay in the type they are stored in until a batch of them is used. How much each
    label counts, if that is given, follows the labels.

    Returns
    -------
    keras.utils.PyDataset
    """
    import keras

    labels = y.astype(np.float32)
    if counts is not None:
        labels = np.concatenate([labels, counts], axis=1)

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return -(-len(order) // size)

        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            rows = order[index * size : (index + 1) * size]
            return x[rows].astype(np.float32), labels[rows]

    return Batches()


def fit_with_keras(
    engine: str,
    recipe: Recipe,
    head: Head,
    train: tuple[Embedded, np.ndarray, np.ndarray | None],
    validation: tuple[Embedded, np.ndarray, np.ndarray | None] | None,
    rows: np.ndarray,
    weights: np.ndarray | None,
    seed: int,
    after: Callable[[dict[str, float]], bool],
) -> None:
    """Train a head, as `anurans.heads.training.fit_head` does, with Keras.

    `after` is called at the end of each epoch, when the head has its weights, and says whether it
    was the last.
    """
    import keras

    if keras.backend.backend() != engine:
        raise UserError(
            f"training.engine is {engine}, but Keras was loaded with {keras.backend.backend()}."
        )
    keras.utils.set_random_seed(seed)
    model = to_keras(head)
    masked = any(part is not None and part[2] is not None for part in (train, validation))
    model.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss=(
            "binary_crossentropy"
            if weights is None and not masked
            else weighted_loss(weights, masked)
        ),
        # TensorFlow's XLA takes longer to compile than a head to train; JAX is nothing without.
        jit_compile=engine == "jax",
        steps_per_execution=min(STEPS, -(-len(rows) // recipe.batch_size)),
    )

    def ended(epoch, losses):
        head.set_weights(dict(zip(head.weights, model.get_weights(), strict=True)))
        if after({name: float(loss) for name, loss in losses.items()}):
            model.stop_training = True

    # Shuffled as an epoch begins: Keras asks for batches, and ends epochs, before the first.
    order, rng = rows.copy(), np.random.default_rng(seed)
    turning = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, losses: rng.shuffle(order), on_epoch_end=ended
    )

    def of(part, order: np.ndarray):
        x, y, counts = part
        if masked and counts is None:
            counts = np.ones(y.shape, np.float32)
        return batches(x, y, recipe.batch_size, order, counts)

    held = validation and of(validation, np.arange(len(validation[0])))
    model.fit(
        of(train, order),
        validation_data=held,
        epochs=recipe.epochs,
        callbacks=[turning],
        shuffle=False,
        verbose=0,
    )
