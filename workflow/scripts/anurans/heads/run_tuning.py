"""One training of a network: what it is given put together, trained, exported, and scored with."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median_low
from typing import Any

import numpy as np

from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.heads.dense import Head
from anurans.heads.finetuning import Network, Tuning, fit_network
from anurans.heads.finetuning_data import Examples, Images
from anurans.heads.learning import Piece, by_role, gather, learn_logistic
from anurans.heads.logistic import Logistic
from anurans.heads.run_training import Given, Trained
from anurans.heads.training import class_weights, counting, oversampled
from anurans.networks.embeddings import network_digest, network_files
from anurans.networks.engines import TENSORFLOW
from anurans.networks.narrowing import narrow
from anurans.sounds.shards import open_shard, versions


def start_head(given: Given, train: Sequence[Piece], recipe: Mapping[str, Any]) -> Head:
    """Fit a logistic head on the frozen network to the training part alone.

    Parameters
    ----------
    given
        What the run is given.
    train
        Clips that it trains on, original ones first.
    recipe
        The recipe, of which the keys of a logistic one count.
    """
    settings = {key: recipe[key] for key in ("C", "inner_folds", "standardize", "balance")}
    material = gather(train, given.annotations, given.species, given.rule, given.combine)
    rows = {row["clip"]: row for row in given.table}
    learnt = learn_logistic(Logistic(**settings), train, material, rows, given.by, given.combine)
    return learnt.fit.head


def usual_epoch(scores: Iterable[str]) -> int:
    """The epoch whose weights folds keep, as their scores.h5 say: the middle one, of two the lower.

    Parameters
    ----------
    scores
        Path of the scores of each fold.
    """
    found = []
    for path in scores:
        with open_shard(path) as shard:
            found.append(shard.metadata["training"]["best_epoch"])
    return median_low(found)


def examples_of(
    pieces: Sequence[Piece], paths: Mapping[int, Sequence[str]], rows: np.ndarray | None = None
) -> Examples:
    """Images and labels of clips.

    Parameters
    ----------
    pieces
        The clips.
    paths
        Shards of images of each technique, by the `id` of its embeddings.
    rows
        Those that a loss is the mean of, as `anurans.heads.training.counting` takes them.
    """
    wanted = [(paths[id(piece.embeddings)], piece.part.clips.clip.tolist()) for piece in pieces]
    labels = np.concatenate([piece.part.labels for piece in pieces])
    known = np.concatenate([piece.part.known for piece in pieces])
    counts = counting(known, rows)
    if counts is None:
        counts = np.ones(labels.shape, np.float32)
    return Examples(Images(wanted), (labels & known).astype(np.float32), counts)


def tune(
    given: Given,
    pieces: Sequence[Piece],
    images: Sequence[Sequence[str]],
    recipe: Mapping[str, Any],
    backbone: str,
    seed: int,
    checkpoint: Path,
    made: Mapping[str, Any],
    policy: str,
    tell: Callable[[int, Mapping[str, float]], None],
    last: int | None = None,
):
    """Train the network and the head of a run.

    Parameters
    ----------
    given, pieces
        What is learnt from.
    images
        Shards of images of the original clips, then of each technique's copies.
    recipe
        The recipe.
    backbone
        The frozen network's .keras file.
    seed, checkpoint, tell
        As `anurans.heads.finetuning.fit_network` takes them.
    made
        What the result depends on, beside what is here.
    policy
        Of the arithmetic.
    last
        Epoch that it ends after, where no part is left to tell when to stop.

    Returns
    -------
    trained : Trained
    model : keras.Model
        The network without its head, as `anurans.networks.backbones.build_backbone` builds it.
    """
    from anurans.networks.backbones import load_model

    train, held = by_role(pieces)
    head = start_head(given, train, recipe)
    tuning = Tuning(train=recipe["train"], last=last, **recipe["tuning"])
    paths = {
        id(embeddings): of
        for embeddings, of in zip([given.originals, *given.copies], images, strict=True)
    }
    labels = np.concatenate([piece.part.labels & piece.part.known for piece in train])
    known = np.concatenate([piece.part.known for piece in train])
    rows, weights = np.arange(len(labels)), None
    if recipe["balance"] == "oversample":
        rows = oversampled(labels, np.random.default_rng([seed, 1]), known)
    elif recipe["balance"] == "class_weight":
        weights = class_weights(labels, known)
    learnt_from = examples_of(train, paths, rows)
    is_held = any(piece.part.known.any() for piece in held)
    if not is_held and tuning.stops:
        raise UserError(
            "no clip of the validation part has a label that is known, so that nothing tells when "
            "to stop; annotate recordings of that part, give the split another salt, or set "
            "tuning.patience: null."
        )
    checked_on = examples_of(held, paths) if is_held else None
    network = Network(load_model(backbone), head, tuning, policy)
    identity = {
        "recipe": dict(recipe),
        "seed": seed,
        "last": last,
        "policy": policy,
        "made": dict(made),
        "versions": versions("keras", made["engine"]),
        "examples": [each.digest for each in (learnt_from, checked_on) if each],
    }
    tuned = fit_network(
        *(network, learnt_from, rows, checked_on, weights, seed, checkpoint, identity, tell)
    )
    model = load_model(backbone)
    head = network.give_back(model)
    about = {
        "epochs": len(tuned.history) - 1,
        "best_epoch": tuned.best_epoch,
        "converged": tuned.converged,
        "parameters_tuned": network.trained,
    }
    return Trained(head, tuned.history, None, about), model


def write_network(model, backbone: Mapping[str, Any], about: Path, engine: str) -> dict[str, str]:
    """Save and export the network of a run, as `export_backbone` does a frozen one.

    Parameters
    ----------
    model
        The network without its head.
    backbone
        The about.json of the frozen network: engine and precision are kept.
    about
        Where its own about.json goes; the other files go beside it.
    engine
        What trained it.

    Returns
    -------
    dict
        Versions of the libraries that made it.
    """
    from anurans.networks.backbones import save_network

    folder, computed_by = about.parent, backbone["engine"]
    if engine != computed_by == TENSORFLOW:
        raise UserError(
            f"training.engine is {engine}, and the backbone is computed by {computed_by}, which do "
            "not go together in one job; set training.engine: tensorflow."
        )
    save_network(model, folder / "model.keras", folder / "model.xml", computed_by)
    made = versions("keras", engine)
    digest = network_digest(network_files(folder, computed_by))
    with whole(about) as partial:
        text = json.dumps({**backbone, "network": digest, "versions": made}, indent=2)
        partial.write_text(text + "\n", encoding="utf-8")
    return made


def score_all(head: Head, embedder, shards: Sequence[str], size: int, dtype: str) -> np.ndarray:
    """Probabilities of the clips of shards of images [shape=(n, species), dtype=float32].

    By embeddings of the type that is stored elsewhere, as new recordings are scored.
    """
    found = [np.empty((0, len(head.layers[-1].bias)), np.float32)]
    for path in shards:
        with open_shard(path) as shard:
            embedded = narrow(embedder.embed(shard.batches(size)), dtype, path)
            found += map(head, embedded)
    return np.concatenate(found)
