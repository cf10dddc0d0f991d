"""Trains heads with Adam: the recipe, what it says of the data, and the way through epochs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from anurans.heads.dense import Adam, Head, cross_entropy, make_layers, widened
from anurans.heads.recipes import Recipe
from anurans.networks.embedding_rows import Embedded, rows_at_a_time
from anurans.sounds.windows import combine


class Labelled(NamedTuple):
    """Clips of a part that a head is trained or validated on.

    Attributes
    ----------
    x
        Embeddings [shape=(n, width)].
    y : np.ndarray [shape=(n, species), dtype=bool]
        Labels.
    known : np.ndarray [shape=(n, species), dtype=bool], optional
        Which labels are known; all by default. What others say does not count.
    """

    x: Embedded
    y: np.ndarray
    known: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """What came of a training.

    `history` has one row per epoch (epoch, loss, and val_loss where there is validation);
    `best_epoch` is the one whose weights were kept, both counted from 1; `converged` says whether
    more epochs would have changed little: early stopping ended it, or the loss of training had
    fallen by less than a hundredth over the last tenth of the epochs.
    """

    head: Head
    history: list[dict[str, float]]
    best_epoch: int
    converged: bool = True


def build_head(
    recipe: Recipe,
    width: int,
    labels: np.ndarray,
    scale: np.ndarray | None,
    seed: int,
    known: np.ndarray | None = None,
) -> Head:
    """Build a head, not yet trained.

    It begins at what is known without any sound: the output's biases are the log-odds of the
    labels. An output layer that stands alone has a kernel of 0, since a penalty takes long to
    remove random weights from values that tell nothing; behind hidden layers it is drawn, as theirs
    are.

    Parameters
    ----------
    recipe
        The recipe.
    width
        Width of the embeddings.
    labels : np.ndarray [shape=(n, species), dtype=bool]
        What it will be trained on.
    scale : np.ndarray [shape=(2, width)] or None
        Mean and variance that embeddings are standardized by, from `moments`.
    seed
        Of the initial weights: the same whatever the engine.
    known : np.ndarray [shape=(n, species), dtype=bool], optional
        Which labels are known; all by default.
    """
    output = {"dropout": recipe.dropout, "l1": recipe.l1, "l2": recipe.l2}
    rng = np.random.default_rng([seed, 2])
    layers = make_layers(recipe.layers, output, width, labels.shape[1], rng)
    layers[-1].bias[:] = log_odds(labels, known)
    if len(layers) == 1:
        layers[0].kernel[:] = 0
    return Head(layers, scale)


def log_odds(labels: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
    """Log-odds of each species, half a clip of either kind added, so that nothing is certain.

    Parameters
    ----------
    labels, known : np.ndarray [shape=(n, species), dtype=bool]
        Labels, False where nobody knows; and which are known, all by default.

    Returns
    -------
    np.ndarray [shape=(species,), dtype=float64]
    """
    positives = labels.sum(axis=0)
    return np.log((positives + 0.5) / (count_known(labels, known) - positives + 0.5))


def count_known(labels: np.ndarray, known: np.ndarray | None) -> int | np.ndarray:
    """How many labels of each species [shape=(species,)] are known; one number where all are."""
    return len(labels) if known is None or known.all() else known.sum(axis=0)


# Least deviation of an embedding value, as a share of the root mean square of all.
FLOOR = 0.3


def moments(embeddings: Embedded, floor: float = FLOOR) -> np.ndarray:
    """Mean and variance of each embedding value, in float64, some clips at a time.

    Values that are hardly ever active have tiny deviations; divided by them, a clip in which one
    is active would lie hundreds of deviations away. No deviation is below `floor` times the root
    of the mean variance of all values; where nothing varies, variances are 1.

    Returns
    -------
    np.ndarray [shape=(2, width), dtype=float32]
    """
    blocks = list(in_order(embeddings.shape, 8))
    mean = sum(widened(embeddings[block]).sum(axis=0, dtype=np.float64) for block in blocks)
    mean = mean / len(embeddings)
    squares = sum(((widened(embeddings[block]) - mean) ** 2).sum(axis=0) for block in blocks)
    variance = squares / len(embeddings)
    variance = np.maximum(variance, floor**2 * variance.mean())
    return np.stack([mean, np.where(variance > 0, variance, 1.0)]).astype(np.float32)


def in_order(shape: tuple[int, ...], itemsize: int) -> Iterator[slice]:
    """Slices over rows, some at a time."""
    size = rows_at_a_time(shape[1], itemsize)
    return (slice(first, first + size) for first in range(0, shape[0], size))


def class_weights(labels: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
    """Weight of negative and positive clips of each species, so that both weigh the same.

    n / (2 * count), as scikit-learn's `balanced`; 1 where a species is in all clips or none.

    Parameters
    ----------
    labels, known : np.ndarray [shape=(n, species), dtype=bool]
        As `log_odds` takes them; n and counts are of known labels.

    Returns
    -------
    np.ndarray [shape=(2, species), dtype=float32]
    """
    positives, n = labels.sum(axis=0), count_known(labels, known)
    counts = np.stack([n - positives, positives])
    weights = n / (2 * np.maximum(counts, 1))
    return np.where((counts > 0).all(axis=0), weights, 1.0).astype(np.float32)


def oversampled(
    labels: np.ndarray, rng: np.random.Generator, known: np.ndarray | None = None
) -> np.ndarray:
    """Rows to train on in an epoch, where clips with rare labels stand more often.

    A clip stands sqrt(f / f_s) times, f_s the share of clips with label s, f that of the commonest
    label, for the rarest label that it has (Gupta et al. 2019, LVIS, arXiv:1908.03195, appendix);
    fractions are dealt by `rng`, a clip without labels stands once.

    Parameters
    ----------
    labels : np.ndarray [shape=(n, species), dtype=bool]
    rng
        Deals the fractions.
    known : np.ndarray [shape=(n, species), dtype=bool], optional
        Which labels are known, all by default; shares are of these.

    Returns
    -------
    np.ndarray [shape=(m,), dtype=int]
    """
    times = repeats(labels, known)
    whole = np.floor(times).astype(int)
    whole += rng.random(len(labels)) < times - whole
    return np.repeat(np.arange(len(labels)), whole)


def repeats(labels: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
    """How often each clip stands in an epoch where rare labels stand more often [shape=(n,)]."""
    counts = np.maximum(labels.sum(axis=0), 1)
    if known is not None and not known.all():
        counts = counts / np.maximum(known.sum(axis=0), 1)
    return np.where(labels, np.sqrt(counts.max() / counts), 1.0).max(axis=1)


def fit_head(
    recipe: Recipe,
    train: Labelled | tuple[Embedded, np.ndarray],
    validation: Labelled | tuple[Embedded, np.ndarray] | None,
    seed: int,
    tell: Callable[[int, Mapping[str, float]], None] = lambda epoch, losses: None,
    keep: Callable[[int, Head], None] = lambda epoch, head: None,
    engine: str = "numpy",
) -> Fit:
    """Train a head with Adam and binary cross-entropy.

    Parameters
    ----------
    recipe
        The recipe.
    train, validation
        Either part, as `Labelled` has it. The loss is the mean over labels that are known.
    seed
        Of the initial weights, dropout and order.
    tell
        Called after each epoch with its number, from 0, and its losses.
    keep
        Called after each epoch with its number, from 0, and the head, where the recipe saves all.
    engine
        `numpy`, or `tensorflow` or `jax`, with which Keras then trains. Initial weights and order
        are the same with each; what is dropped is not.

    Returns
    -------
    Fit
        With the weights of the epoch of the lowest validation loss where the recipe stops early.
    """
    x, y, known = Labelled(*train)
    y = y if known is None else y & known
    rows = np.arange(len(x))
    if recipe.balance == "oversample":
        rows = oversampled(y, np.random.default_rng([seed, 1]), known)
    scale = moments(x) if recipe.standardize else None
    weights = class_weights(y, known) if recipe.balance == "class_weight" else None
    head = build_head(
        recipe, x.shape[1], y[rows], scale, seed, None if known is None else known[rows]
    )
    if weights is not None:
        # Where both kinds weigh the same, the odds are even.
        head.layers[-1].bias[:] += np.log(weights[1] / weights[0])
    history: list[dict[str, float]] = []
    stopping, lowest, best, best_weights = recipe.early_stopping, np.inf, 0, None

    def after(losses: dict[str, float]) -> bool:
        """Note what came of an epoch; say whether it was the last."""
        nonlocal lowest, best, best_weights
        epoch = len(history)
        history.append({"epoch": epoch + 1, **losses})
        tell(epoch, losses)
        if recipe.save == "all":
            keep(epoch, head)
        if not stopping or epoch < stopping["start_from_epoch"]:
            return False
        # A loss that is no number is never the lowest.
        if best_weights is None or losses["val_loss"] < lowest:
            lowest = min(lowest, losses["val_loss"])
            best, best_weights = epoch, head.copy_weights()
            return False
        return epoch - best >= stopping["patience"]

    held = None
    if validation is not None:
        theirs = Labelled(*validation)
        held = theirs.x, theirs.y, counting(theirs.known)
    parts = (x, y, counting(known, rows)), held
    if engine == "numpy":
        _fit(recipe, head, *parts, rows, weights, seed, after)
    else:
        from anurans.heads.keras_training import fit_with_keras

        fit_with_keras(engine, recipe, head, *parts, rows, weights, seed, after)
    if best_weights is None:
        return Fit(head, history, len(history), settled(history))
    head.set_weights(best_weights)
    return Fit(head, history, best + 1, len(history) < recipe.epochs or settled(history))


def settled(history: Sequence[Mapping[str, float]]) -> bool:
    """Whether the training loss fell by less than a hundredth over the last tenth of the epochs."""
    before = history[max(0, len(history) - 1 - max(1, len(history) // 10))]["loss"]
    return len(history) > 1 and before - history[-1]["loss"] < 0.01 * abs(before)


def _fit(
    recipe: Recipe,
    head: Head,
    train: tuple[Embedded, np.ndarray, np.ndarray | None],
    validation: tuple[Embedded, np.ndarray, np.ndarray | None] | None,
    rows: np.ndarray,
    weights: np.ndarray | None,
    seed: int,
    after: Callable[[dict[str, float]], bool],
) -> None:
    """Train in NumPy, until `after` an epoch says that it was the last.

    Parts are embeddings, labels, and how much each label counts (`counting`).
    """
    x, labels, counts = train[0], train[1].astype(np.float32), train[2]
    adam = Adam(head, recipe.learning_rate, np.random.default_rng([seed, 3]))
    order, rng = rows.copy(), np.random.default_rng(seed)
    for _ in range(recipe.epochs):
        rng.shuffle(order)
        total = 0.0
        for first in range(0, len(order), recipe.batch_size):
            batch = order[first : first + recipe.batch_size]
            mask = None if counts is None else counts[batch]
            total += adam.step(x[batch], labels[batch], weights, mask) * len(batch)
        losses = {"loss": total / len(order)}
        if validation is not None:
            held, truth, of = validation
            losses["val_loss"] = mean_loss(head, held, truth, weights, of)
        if after(losses):
            return


def counting(known: np.ndarray | None, rows: np.ndarray | None = None) -> np.ndarray | None:
    """How much each label counts in a loss, so that its mean is that over known labels.

    Parameters
    ----------
    known : np.ndarray [shape=(n, species), dtype=bool] or None
        Which labels are known; None where all are.
    rows : np.ndarray [shape=(m,), dtype=int], optional
        Those that the loss is the mean of, each as often as it stands there; all by default.

    Returns
    -------
    np.ndarray [shape=(n, species), dtype=float32], or None
        0 where nobody knows, else 1 by the share of labels that is known. None where all are.
    """
    if known is None or known.all():
        return None
    share = (known if rows is None else known[rows]).mean()
    return (known / max(share, 1e-12)).astype(np.float32)


def mean_loss(
    head: Head,
    embeddings: Embedded,
    labels: np.ndarray,
    weights: np.ndarray | None,
    counts: np.ndarray | None = None,
) -> float:
    """Loss of a head over clips, penalties included; what each label counts is from `counting`."""
    labels = labels.astype(np.float32)
    total = 0.0
    for block in in_order(embeddings.shape, 4):
        each = cross_entropy(head.logits(embeddings[block]), labels[block], weights)
        if counts is not None:
            each = each * counts[block]
        total += float(each.sum(dtype=np.float64))
    return total / labels.size + head.penalty()


def predict(head: Head, batches: Iterable[np.ndarray], how: str = "max") -> np.ndarray:
    """Probabilities of clips.

    Parameters
    ----------
    head
        From `fit_head` or `anurans.heads.logistic.fit_logistic`.
    batches
        Embeddings [shape=(n, width)], or those of windows [shape=(n, windows, width)].
    how
        How windows become a clip: `max` or `mean` of their scores, or `pooled`, the score of the
        mean of their embeddings.

    Returns
    -------
    np.ndarray [shape=(n, species), dtype=float32]
    """
    species = len(head.layers[-1].bias)
    return np.concatenate(
        [np.empty((0, species), np.float32), *(score(head, batch, how) for batch in batches)]
    )


def score(head: Head, embeddings: np.ndarray, how: str = "max") -> np.ndarray:
    """Probabilities of clips [shape=(n, species)]; parameters are those of `predict`."""
    if embeddings.ndim == 2:
        return head(embeddings)
    if how == "pooled":
        return head(embeddings.mean(axis=1, dtype=np.float32))
    of_windows = head(embeddings.reshape(-1, embeddings.shape[-1]))
    return combine(of_windows.reshape(*embeddings.shape[:2], -1), how)


def count_parameters(head: Head) -> int:
    """Count the trained weights of a head."""
    return sum(weight.size for weight in head.weights.values())
