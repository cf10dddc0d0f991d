"""What listens to new recordings: the heads of all folds, and all that an image depends on.

The file that holds a detector is all that a job needs beside the network and the recordings.

A clip has one score for each species and fold. Its **score** is their mean. It is **positive**
where at least half of the folds say so, each by its own threshold: scores of different trainings
have different scales, so that no one threshold suits their mean. Its **probability** is the mean of
the folds' scores after calibration, since calibrators were fitted to scores of single folds.

Where a network was trained on all that folds learn from (`detection.refit`), it listens in place of
the folds, as if it were the only one. What its scores mean is still told by the folds: each clip's
score by the fold that did not learn from it.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.heads.dense import Head, Layer
from anurans.listening.finished_models import DETECTOR, Finished, check_files
from anurans.scores.fold_votes import carries
from anurans.sounds.windows import POOLED, combine

# Columns of the thresholds of a detector.
THRESHOLDS = ("species", "fold", "threshold", "source")


@dataclass(frozen=True, slots=True)
class Detector:
    """A model with all its folds.

    Attributes
    ----------
    about
        `model` (split, backbone, dataset, recipe), `folds` (or just `refit`), `species`, `settings`
        (length and, of a network that takes images, sr and spectrogram, of one that takes sound,
        sound: what `anurans.sounds.windows.Windows` takes), `combine` (of windows' scores),
        `embedding` (engine, precision, dtype), `network` (digest of its files), `own_networks`
        (those of each head, where they were trained with it), `source_sha256` (of the file that the
        network comes from, where it takes sound) and `limit` (distance to training clips beyond
        which one is far).
    heads
        Of each fold.
    reference : np.ndarray [shape=(n, width), dtype=float32]
        Where embeddings of some training clips lie from their centre, by `directions`.
    centre : np.ndarray [shape=(width,), dtype=float32]
    """

    about: dict[str, Any]
    heads: tuple[Head, ...]
    reference: np.ndarray
    centre: np.ndarray

    def scores(self, embeddings: np.ndarray) -> np.ndarray:
        """Score clips.

        Parameters
        ----------
        embeddings : np.ndarray [shape=(n, width) or (n, windows, width)]
            Of the type that the heads were trained on; of a network that takes sound, of each
            window of a clip.

        Returns
        -------
        np.ndarray [shape=(n, species, folds), dtype=float32]
        """
        if embeddings.ndim == 3 and self.about["combine"] == POOLED:
            embeddings = of_clips(embeddings)
        rows = embeddings.reshape(-1, embeddings.shape[-1])
        scores = np.stack([head(rows) for head in self.heads], axis=-1)
        if embeddings.ndim == 2:
            return scores
        of_windows = scores.reshape(*embeddings.shape[:-1], *scores.shape[1:])
        return combine(of_windows, self.about["combine"])

    def own_scores(self, embeddings: Sequence[np.ndarray]) -> np.ndarray:
        """Score clips by their embeddings [shape=(n, width)] by the own network of each head."""
        pairs = zip(self.heads, embeddings, strict=True)
        return np.stack([head(rows) for head, rows in pairs], axis=-1)

    def distances(self, embeddings: np.ndarray) -> np.ndarray:
        """Distance of clips, as `scores` takes them, to the nearest training clip."""
        return nearest(directions(of_clips(embeddings), self.centre), self.reference)


def name_of(about: Mapping[str, Any]) -> str:
    """Name of a detector's model, as `detection.model` takes it."""
    return "/".join(about["model"][axis] for axis in ("split", "backbone", "dataset", "recipe"))


def of_clips(embeddings: np.ndarray) -> np.ndarray:
    """Embeddings of clips [shape=(n, width)]: where each has several windows, their mean."""
    if embeddings.ndim == 2:
        return embeddings
    return embeddings.mean(axis=1, dtype=np.float32)


def by_fold(
    folds: Sequence[str], tables: Sequence[Sequence[Mapping[str, str]]]
) -> list[dict[str, str]]:
    """Rows of `THRESHOLDS`, of the thresholds.tsv of each fold's run."""
    return [
        {"fold": fold} | {key: row[key] for key in ("species", "threshold", "source")}
        for fold, rows in zip(folds, tables, strict=True)
        for row in rows
    ]


def frequencies(settings: Mapping[str, Any]) -> tuple[float, float]:
    """Lowest and highest frequency that a model takes in, in Hz."""
    if "sound" in settings:
        return 0.0, settings["sound"]["sr"] / 2
    image = settings["spectrogram"]
    return image["fmin"], image["fmax"] or settings["sr"] / 2


def thresholds_of(
    rows: Sequence[Mapping[str, str]], species: Sequence[str], folds: Sequence[str]
) -> np.ndarray:
    """Thresholds [shape=(species, folds)] of rows of `THRESHOLDS`."""
    of = {(row["species"], row["fold"]): float(row["threshold"]) for row in rows}
    return np.array([[of[name, fold] for fold in folds] for name in species])


def mean_scores(scores: np.ndarray) -> np.ndarray:
    """Score of each clip and species: the mean over folds, the last axis."""
    return scores.mean(axis=-1, dtype=np.float64)


def vote(scores: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Tell which clips are positive: those that at least half of the folds call so.

    Parameters
    ----------
    scores : np.ndarray [shape=(n, species, folds)]
    thresholds : np.ndarray [shape=(species, folds)]
        A score at or above it is a vote.

    Returns
    -------
    np.ndarray [shape=(n, species), dtype=bool]
    """
    return carries(votes_of(scores, thresholds), thresholds.shape[-1])


def votes_of(scores: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Count the folds that call each clip, as `vote` takes them [shape=(n, species), dtype=int]."""
    return (scores >= thresholds).sum(axis=-1)


def directions(embeddings: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Direction in which embeddings lie from a centre, each of length sqrt(width).

    Lengths say little, and a value that training clips hardly have would rule any distance that
    scales by deviations (Sun et al. 2022, Out-of-distribution detection with deep nearest
    neighbors, ICML: neighbours of normalised embeddings).

    Parameters
    ----------
    embeddings : np.ndarray [shape=(n, width)]
    centre : np.ndarray [shape=(width,)]
    """
    x = embeddings.astype(np.float32) - centre
    length = np.sqrt((x**2).mean(axis=1, keepdims=True))
    return x / np.maximum(length, 1e-12)


def nearest(one: np.ndarray, others: np.ndarray, apart: np.ndarray | None = None) -> np.ndarray:
    """Distance of each row to the nearest of others, as the root of the mean squared difference.

    Parameters
    ----------
    one, others : np.ndarray [shape=(n, width)], [shape=(m, width)]
    apart : np.ndarray [shape=(n, m), dtype=bool], optional
        Pairs that count; by default all.
    """
    squares = (one**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * one @ others.T
    squares = np.maximum(squares, 0) / one.shape[1]
    if apart is not None:
        squares = np.where(apart, squares, np.inf)
    return np.sqrt(squares.min(axis=1))


def write_detector(path: str | os.PathLike, detector: Detector) -> None:
    """Write a detector, whole or not at all; the same one gives the same bytes."""
    arrays, heads = {"reference": detector.reference, "centre": detector.centre}, []
    for number, head in enumerate(detector.heads):
        heads.append([[layer.name, layer.activation] for layer in head.layers])
        if head.scale is not None:
            arrays[f"heads/{number}/scale"] = head.scale
        for name, weight in head.weights.items():
            arrays[f"heads/{number}/{name}"] = weight
    about = detector.about | {"heads": heads, "sha256": _digest(arrays)}
    text = json.dumps(about, sort_keys=True, ensure_ascii=False).encode()
    with whole(path) as partial, h5py.File(partial, "w", libver="earliest") as file:
        file["about"] = np.frombuffer(text, dtype=np.uint8)
        for name, array in arrays.items():
            file[name] = array


def read_detector(path: str | os.PathLike) -> Detector:
    """Read a detector.

    Raises
    ------
    UserError
        When the file is none, or damaged.
    """
    try:
        with h5py.File(path) as file:
            about = json.loads(file["about"][()].tobytes())
            arrays: dict[str, np.ndarray] = {}
            file.visititems(lambda name, of: _keep(arrays, name, of))
        arrays.pop("about")
        if _digest(arrays) != about.pop("sha256"):
            raise ValueError
        heads = []
        for number, layers in enumerate(about.pop("heads")):
            at = f"heads/{number}"
            made = [
                Layer(name, arrays[f"{at}/{name}/kernel"], arrays[f"{at}/{name}/bias"], activation)
                for name, activation in layers
            ]
            heads.append(Head(made, arrays.get(f"{at}/scale")))
        return Detector(about, tuple(heads), arrays["reference"], arrays["centre"])
    except (KeyError, ValueError, OSError):
        raise UserError(
            f"{path}: is not a detector of this workflow, or is damaged; delete it and run the "
            "same command again, which makes it anew."
        ) from None


def open_finished(finished: Finished, paths: Sequence[str | os.PathLike]) -> Detector:
    """Open the detector of a finished model, after checking all its files.

    Parameters
    ----------
    finished
        The model.
    paths
        Where its files are.

    Raises
    ------
    UserError
        When one is missing, or not as it was written.
    """
    check_files(finished, paths)
    return read_detector(next(path for path in paths if Path(path).name == DETECTOR))


def check_settings(detector: Detector, settings: Mapping[str, Any], path: str) -> None:
    """Refuse a model whose clips are not cut, or whose images are not drawn, as the config says.

    Parameters
    ----------
    detector
        The model.
    settings
        The config's `sr`, `length` and `spectrogram`; of these counts what the model's own have.
    path
        Where the model stands.
    """
    own = detector.about["settings"]
    differ = [
        f"{name}: {_shown(own, name)} in the model, {_shown(settings, name)} in the config"
        for name in sorted(settings.keys() & own.keys())
        if own[name] != settings[name]
    ]
    if differ:
        raise UserError(
            f"{path}: was trained with other settings ({'; '.join(differ)}). Give the "
            "config those of the model, or train again: run the same command without --touch."
        )


def check_network(
    detector: Detector, about: Mapping[str, Any], folder: str | os.PathLike, path: str
) -> None:
    """Refuse a network that is not the one that the heads were trained on.

    Of one that takes sound the file counts that it comes from, and how it is computed, since
    versions of an engine write another form of it.

    Parameters
    ----------
    detector
        The model.
    about
        The network's about.json.
    folder
        Where that stands.
    path
        Where the model stands.
    """
    if "sound" in detector.about["settings"]:
        theirs = [detector.about["source_sha256"], _computed(detector.about["embedding"])]
        ours = [about["source_sha256"], _computed(about)]
    else:
        theirs, ours = [detector.about["network"]], [about["network"]]
    if ours != theirs:
        raise UserError(
            f"{folder}: is not the network that {path} was trained on (SHA-256 begins with "
            f"{ours[0][:12]}; expected {theirs[0][:12]}). With a finished model, name the right "
            "file as detection.network; else run the same command without --touch, which trains "
            "again."
        )


def _computed(about: Mapping[str, Any]) -> dict[str, Any]:
    """How a network is computed, wherever its file lies."""
    others = ("weights", "classes")
    return {key: value for key, value in about["backbone"].items() if key not in others}


def _shown(settings: Mapping[str, Any], name: str) -> str:
    value = settings[name]
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {each}" for key, each in value.items())
    return str(value)


def _keep(arrays: dict[str, np.ndarray], name: str, of: Any) -> None:
    if isinstance(of, h5py.Dataset):
        arrays[name] = of[()]


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    return digest.hexdigest()
