"""A detector put together of a trained model: its heads, settings, and clips to compare with."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from anurans.common.errors import UserError
from anurans.listening.detector import directions, nearest
from anurans.scores.comparison import MODEL
from anurans.scores.ranking import gather_models, rank_models
from anurans.splits.datasets import Embeddings, rows_of
from anurans.splits.splits import TRAIN, VALIDATION

# Training clips that new ones are compared with, and the share of these within the limit.
REFERENCE, WITHIN = 400, 0.99
# What windows of sound are cut by.
WINDOWS = ("sr", "samples", "seed")

Row = Mapping[str, str]


def choose_model(metrics: Sequence[Sequence[Row]]) -> tuple[list[int], dict[str, Any]]:
    """Choose the best model by validation.

    Parameters
    ----------
    metrics
        Rows of the metrics.tsv of each run.

    Returns
    -------
    places : list of int
        Of its runs, one for each fold.
    about : dict
        What the detector says of the choice, as `anurans.listening.detector.Detector` has it.

    Raises
    ------
    UserError
        When no model has a validation part.
    """
    ranked = rank_models(metrics, VALIDATION)
    if not ranked:
        raise UserError(
            "No model to detect with has a score: their validation parts have no clip. Give "
            "splits.<name>.validation a share."
        )
    places = gather_models(metrics)[ranked[0]]
    named = dict(zip(MODEL, ranked[0], strict=True))
    return places, {
        "model": {key: named[key] for key in ("split", "backbone", "dataset", "recipe")},
        "leaks": named["leaks"],
        "folds": [metrics[at][0]["fold"] for at in places],
    }


def made_by(made: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that a clip's embedding depends on, beside the network, by what its shard says."""
    length = {"length": made["clips"]["length"]}
    if "spectrogram" in made:
        return length | {"sr": made["clips"]["sr"], "spectrogram": made["spectrogram"]}
    return length | {"sound": {key: made["embedding"][key] for key in WINDOWS}}


def learnt_clips(tables: Iterable[Sequence[Row]]) -> dict[str, str]:
    """Original clips that any run learnt from, by its clips.tsv, and their recordings."""
    return {
        row["clip"]: row["recording"]
        for rows in tables
        for row in rows
        if (row["role"] == TRAIN or row["inner_group"]) and row["technique"] == "original"
    }


def refer(
    embeddings: Embeddings, clips: Mapping[str, str]
) -> tuple[np.ndarray, np.ndarray, float | None]:
    """Choose training clips, by a hash of their names, and tell how far they are from each other.

    Clips of one recording are alike: a clip is held against those of other recordings.

    Parameters
    ----------
    embeddings
        Of all clips.
    clips
        Those that were learnt from, and their recordings.

    Returns
    -------
    reference : np.ndarray [shape=(n, width), dtype=float32]
    centre : np.ndarray [shape=(width,), dtype=float32]
        As `anurans.listening.detector.Detector` has them.
    limit
        Distance beyond which a clip is far; None with clips of one recording.
    """
    chosen = sorted(clips, key=lambda clip: hashlib.sha256(clip.encode()).digest())[:REFERENCE]
    values = rows_of([(embeddings, chosen)], pooled=True)[:].astype(np.float32)
    centre = values.mean(axis=0)
    reference = directions(values, centre)
    of = np.array([clips[clip] for clip in chosen], dtype=object)
    apart = of[:, None] != of
    if not apart.any():
        return reference, centre, None
    own = nearest(reference, reference, apart)
    return reference, centre, float(np.quantile(own[np.isfinite(own)], WITHIN))
