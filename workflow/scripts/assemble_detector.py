"""Put together what new recordings are listened to with: a model with all its folds."""

import hashlib
from pathlib import Path

import numpy as np

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.heads.head_files import read_head
from anurans.listening.detector import (
    Detector,
    directions,
    nearest,
    open_finished,
    write_detector,
)
from anurans.listening.finished_models import read_finished
from anurans.networks.embeddings import network_digest, network_files
from anurans.networks.engines import OPENVINO
from anurans.scores.comparison import MODEL
from anurans.scores.ranking import gather_models, mean_score, rank_models
from anurans.sounds.shards import open_shard
from anurans.splits.datasets import open_embeddings, rows_of
from anurans.splits.splits import TRAIN, VALIDATION

# Training clips that new ones are compared with, and the share of these within the limit.
REFERENCE, WITHIN = 400, 0.99
# What windows of sound are cut by.
WINDOWS = ("sr", "samples", "seed")


def main(input, output, params):
    if input.finished:
        finished = read_finished(Path(input.finished[0]).parent)
        detector = open_finished(finished, input.finished)
        write_detector(output[0], detector)
        log.info("finished model %s, folds %s", detector.about["model"], detector.about["folds"])
        return
    metrics = [read_table(path) for path in input.metrics]
    ranked = rank_models(metrics, VALIDATION)
    if not ranked:
        raise UserError(
            "No model to detect with has a score: their validation parts have no clip. Give "
            "splits.<name>.validation a share."
        )
    model = ranked[0]
    places = gather_models(metrics)[model]
    named = dict(zip(MODEL, model, strict=True))
    about = {"model": {key: named[key] for key in ("split", "backbone", "dataset", "recipe")}}
    about |= {"leaks": named["leaks"], "labelling": named["labelling"], "chosen_of": len(ranked)}
    about["folds"] = [metrics[at][0]["fold"] for at in places]
    about["validation_f1"] = mean_score([metrics[at] for at in places], VALIDATION)
    with open_shard(input.scores[places[0]]) as shard:
        made = shard.metadata
    about["species"] = made["training"]["species"]
    about["settings"] = made_by(made)
    about["combine"] = params.combine.get(named["backbone"])
    about["embedding"] = {
        key: made["embedding"][key] for key in ("engine", "precision", "dtype", "backbone")
    }
    folders = {Path(path).parent.name: Path(path).parent for path in input.networks}
    engine = OPENVINO if "sound" in about["settings"] else made["embedding"]["engine"]
    files = network_files(folders[named["backbone"]], engine)
    about["network"] = network_digest(files)
    about |= {key: made["embedding"].get(key) for key in ("source_sha256", "licence")}

    heads = tuple(read_head(input.heads[at]) for at in places)
    clips = {
        row["clip"]: row["recording"]
        for at in places
        for row in read_table(input.clips[at])
        if (row["role"] == TRAIN or row["inner_group"]) and row["technique"] == "original"
    }
    about["recordings"] = sorted(set(clips.values()))
    mine = [path for path in input.embeddings if Path(path).parts[-3] == named["backbone"]]
    reference, centre, limit = refer(open_embeddings(mine), clips)
    about["limit"] = limit
    write_detector(output[0], Detector(about, heads, reference, centre))
    log.info("%s of %d models, folds %s", about["model"], len(ranked), about["folds"])
    if named["leaks"] != "no":
        log.warning("warning: the split %s leaks: its scores flatter it", named["split"])


def made_by(made):
    """Settings that a clip's embedding depends on, beside the network."""
    length = {"length": made["clips"]["length"]}
    if "spectrogram" in made:
        return length | {"sr": made["clips"]["sr"], "spectrogram": made["spectrogram"]}
    return length | {"sound": {key: made["embedding"][key] for key in WINDOWS}}


def refer(embeddings, clips):
    """Choose training clips, by a hash of their names, and tell how far they are from each other.

    Clips of one recording are alike: a clip is held against those of other recordings.
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


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
