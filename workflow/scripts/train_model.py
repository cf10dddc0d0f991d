"""Train the head of one run on embeddings, and score every original clip with it."""

import numpy as np

from anurans.annotations import AnnotationSource
from anurans.datasets import labelled, open_embeddings
from anurans.errors import UserError
from anurans.files import whole
from anurans.jobs import log, run
from anurans.labels import LabelRule
from anurans.shards import extend, write_shard
from anurans.splits import TRAIN, VALIDATION
from anurans.tables import read_table, write_table
from anurans.training import Recipe, count_parameters, fit_head, predict, use_threads, without_state


def main(input, output, params, wildcards, threads):
    use_threads(threads)
    embeddings = open_embeddings(input.embeddings)
    species = params.settings["species"]
    roles = {row["clip"]: row[f"fold-{wildcards.fold}"] for row in read_table(input.roles)}
    recordings = sorted(embeddings.metadata["recordings"])
    source = AnnotationSource(input.annotations, params.recordings, **params.settings)
    annotations = {
        recording: source.annotations(recording)
        for recording in recordings
        if source.annotated(recording)
    }
    parts = {}
    for role in (TRAIN, VALIDATION):
        clips, labels = labelled(
            embeddings, roles, role, annotations, species, LabelRule(**params.labelling)
        )
        counts = dict(zip(species, labels.sum(axis=0).tolist(), strict=True))
        log.info("%s: %d clips, positives %s", role, len(clips), counts)
        parts[role] = (embeddings.rows(clips), labels) if len(clips) else None
    if parts[TRAIN] is None:
        raise UserError(
            f"split {wildcards.split}, fold {wildcards.fold}: no clip to train on; see "
            f"{input.roles} and results/annotations.csv."
        )
    for column in np.flatnonzero(parts[TRAIN][1].sum(axis=0) == 0):
        log.warning("warning: no training clip is positive for %s", species[column])

    def tell(epoch, losses):
        shown = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
        log.info("epoch %d: %s", epoch + 1, shown)

    fit = fit_head(
        Recipe(**params.recipe),
        parts[TRAIN],
        parts[VALIDATION],
        params.seed,
        tell,
    )
    log.info("weights of epoch %d of %d kept", fit.best_epoch, len(fit.history))
    scores = predict(fit.head, embeddings.batches())
    if not np.isfinite(scores).all():
        raise UserError(
            f"recipe {wildcards.recipe}: training on {wildcards.backbone} did not converge (scores "
            "are no numbers); lower its learning_rate in the config, or set standardize: true."
        )
    head = count_parameters(fit.head)
    about = {
        "species": list(species),
        "recipe": params.recipe,
        "seed": params.seed,
        "epochs": len(fit.history),
        "best_epoch": fit.best_epoch,
        "parameters_head": head,
        "parameters_total": head + embeddings.metadata["embedding"]["parameters"],
    }
    metadata = extend(embeddings.metadata, "training", about, params.code, "keras")
    write_table(output.history, list(fit.history[0]), fit.history)
    write_shard(output.scores, embeddings.clips, [scores], (len(species),), "float32", metadata)
    with whole(output.head) as partial:
        without_state(fit.head).save(partial)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
