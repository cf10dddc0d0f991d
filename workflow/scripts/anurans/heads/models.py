"""What a model says of itself: beside it as JSON, and within the .keras file.

A model of images is whole, a .keras file. Of one that takes sound, the network stays where it is,
named by path and digest, since its licence may not let it go; the head is an .npz file.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.heads.dense import Head
from anurans.sounds.image_axes import SIZE
from anurans.sounds.windows import NOISE

# A .keras file is a zip archive, of which Keras reads members of its own and leaves others alone.
MEMBER = "model.json"


def describe(
    run: Mapping[str, str],
    species: Mapping[str, str],
    thresholds: Sequence[Mapping[str, str]],
    metadata: Mapping[str, Any],
    audio: Mapping[str, Any],
    clips: Mapping[str, Any],
    weights: str,
) -> dict[str, Any]:
    """Gather all that is needed to use a model without the workflow.

    Parameters
    ----------
    run
        Names of what the model is: split, backbone, dataset, recipe, fold.
    species
        Code and name of each.
    thresholds
        Rows of thresholds.tsv.
    metadata
        Of scores.h5.
    audio, clips
        The config's sections.
    weights
        Digest of the model's weights.

    Returns
    -------
    dict
        Species, thresholds and their sources stand in the order of the model's output.
    """
    seen = {"spectrogram": {**metadata["spectrogram"], "size": SIZE}}
    return _describe(run, species, thresholds, metadata, audio, clips, seen, weights)


def describe_sound(
    run: Mapping[str, str],
    species: Mapping[str, str],
    thresholds: Sequence[Mapping[str, str]],
    metadata: Mapping[str, Any],
    channel: str,
    clips: Mapping[str, Any],
    network: Mapping[str, Any],
    head: Mapping[str, Any],
    weights: str,
) -> dict[str, Any]:
    """Gather all that is needed to use a head on a network that takes sound.

    Parameters
    ----------
    run, species, thresholds, metadata, clips
        As `describe` takes them.
    channel
        Channel of the recordings.
    network
        Its about.json, and besides `path` of its file, of which the name is kept, and `output`,
        the tensor that is the embedding.
    head
        `activations` of its layers; `combine`, how scores of windows make a clip's; and
        `calibration`, for each species points of scores and probabilities, or None.
    weights
        Digest of the file that `write_arrays` wrote.

    Returns
    -------
    dict
    """
    made = metadata["embedding"]
    taken = {
        "windows": {
            "samples": network["samples"],
            "starts": made["windows"],
            "peak": network["peak"],
            "noise": NOISE,
        },
        "network": {
            "file": Path(network["path"]).name,
            "sha256": network["source_sha256"],
            "output": network["output"],
            "width": network["width"],
            "licence": network["licence"],
        },
        "dtype": made["dtype"],
        **head,
    }
    audio = {"sr": network["sr"], "channel": channel}
    return _describe(run, species, thresholds, metadata, audio, clips, taken, weights)


def _describe(
    run: Mapping[str, str],
    species: Mapping[str, str],
    thresholds: Sequence[Mapping[str, str]],
    metadata: Mapping[str, Any],
    audio: Mapping[str, Any],
    clips: Mapping[str, Any],
    taken: Mapping[str, Any],
    weights: str,
) -> dict[str, Any]:
    order = metadata["training"]["species"]
    row_of = {row["species"]: row for row in thresholds}
    training = metadata["training"]
    return {
        "species": order,
        "names": [species[code] for code in order],
        "thresholds": [float(row_of[code]["threshold"]) for code in order],
        "threshold_sources": [row_of[code]["source"] for code in order],
        "audio": dict(audio),
        "clips": {key: clips[key] for key in ("length", "min_last")},
        **taken,
        "run": dict(run),
        "backbone": metadata["embedding"]["backbone"],
        "recipe": training["recipe"],
        "seed": training["seed"],
        "best_epoch": training["best_epoch"],
        "parameters": training["parameters_total"],
        "versions": metadata["versions"],
        "weights_sha256": weights,
    }


def weights_digest(weights: Iterable[np.ndarray]) -> str:
    """SHA-256 over the weights of a model, as `model.get_weights()` gives them.

    The same for the same weights, while a .keras file holds the time at which it was written.
    """
    digest = hashlib.sha256()
    for weight in weights:
        digest.update(f"{weight.dtype} {weight.shape}".encode() + weight.tobytes())
    return digest.hexdigest()


def head_arrays(head: Head) -> dict[str, np.ndarray]:
    """Arrays of a head that NumPy computes with alone.

    Returns
    -------
    dict
        `mean` and `deviation` [shape=(width,)], by which embeddings are brought to the head's
        scale, and `kernel_N` [shape=(inputs, units)] and `bias_N` [shape=(units,)] of each layer.
    """
    mean, deviation = head.moments
    arrays = {"mean": mean, "deviation": deviation}
    for number, layer in enumerate(head.layers):
        arrays |= {f"kernel_{number}": layer.kernel, f"bias_{number}": layer.bias}
    return arrays


def write_arrays(path: str | os.PathLike, arrays: Mapping[str, np.ndarray]) -> str:
    """Write arrays as .npz, whole or not at all, and give the SHA-256 of the file."""
    with whole(path) as partial:
        named: dict[str, Any] = {**arrays}
        np.savez(partial, **named)
        return hashlib.sha256(partial.read_bytes()).hexdigest()


def write_description(path: str | os.PathLike, about: Mapping[str, Any]) -> None:
    """Write a description as JSON, whole or not at all."""
    with whole(path) as partial:
        text = json.dumps(about, indent=2, ensure_ascii=False)
        partial.write_text(f"{text}\n", encoding="utf-8")


def add_description(path: str | os.PathLike, about: Mapping[str, Any]) -> None:
    """Put a description into a .keras file, where `read_description` finds it."""
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(MEMBER, json.dumps(about, indent=2, ensure_ascii=False) + "\n")


def read_description(path: str | os.PathLike) -> dict[str, Any]:
    """Read the description in a model.keras of the workflow.

    Raises
    ------
    UserError
        When there is none.
    """
    try:
        with zipfile.ZipFile(Path(path)) as file:
            return json.loads(file.read(MEMBER))
    except KeyError:
        raise UserError(
            f"{path}: holds no {MEMBER}; was it saved again by Keras? Then use the file "
            f"{MEMBER} that the workflow wrote beside it."
        ) from None
