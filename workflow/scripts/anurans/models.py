"""What a whole model says of itself: beside it as JSON, and within the .keras file."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from anurans.axes import SIZE
from anurans.errors import UserError

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
        "spectrogram": {**metadata["spectrogram"], "size": SIZE},
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
