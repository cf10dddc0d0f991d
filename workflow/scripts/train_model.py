"""Train the head of one run on embeddings, and score every original clip with it."""

from datetime import UTC, datetime
from sys import intern

import numpy as np

from anurans.annotations.labels import LabelRule
from anurans.annotations.sources import annotations_of
from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.machines import describe_machine
from anurans.common.tables import read_table, write_table
from anurans.common.versions import merge_versions
from anurans.heads.epoch_weights import kept_heads
from anurans.heads.keras_files import save_head
from anurans.heads.keras_training import use_engine
from anurans.heads.learning import (
    COLUMNS,
    PATH,
    Piece,
    by_role,
    clip_rows,
    count_pieces,
    find_missing,
    gather,
    learn_logistic,
    members_of,
    path_rows,
    refuse_empty,
    refuse_lost,
    refuse_missing,
    take_own_classes,
)
from anurans.heads.logistic import Logistic
from anurans.heads.models import weights_digest
from anurans.heads.origin import add_made
from anurans.heads.recipes import ADAM, Recipe
from anurans.heads.training import count_parameters, fit_head, predict
from anurans.networks import gpus
from anurans.networks.own_classes import OWN
from anurans.sounds.shards import extend, write_shard
from anurans.splits.datasets import (
    check_same_backbone,
    chosen_copies,
    labelled,
    open_embeddings,
    trainable,
)
from anurans.splits.splits import TRAIN, VALIDATION


def main(input, output, params, wildcards, resources, threads):
    started = datetime.now(UTC)
    settings = dict(params.recipe)
    solver = settings.pop("solver")
    engine = params.engine if solver == ADAM else "numpy"
    if engine != "numpy":
        use_engine(engine, threads)
    gpus.check(resources.get("gpu", 0), engine, "training.engine")
    originals = open_embeddings(input.originals)
    shards = len(input.originals)
    copies = [
        open_embeddings(input.copies[first : first + shards])
        for first in range(0, len(input.copies), shards)
    ]
    check_same_backbone([originals, *copies])
    species, rule = params.settings["species"], LabelRule(**params.labelling)
    table = read_table(input.roles)
    roles = {row["clip"]: intern(row[f"fold-{wildcards.fold}"]) for row in table}
    recordings = sorted(originals.metadata["recordings"])
    annotations = annotations_of(input.annotations, params.recordings, params.settings)
    annotations = {name: annotations[name] for name in recordings if name in annotations}

    role = np.array([roles[clip] for clip in originals.clips.clip], dtype=object)
    learnt_roles = (TRAIN,) if solver == ADAM else (TRAIN, VALIDATION)
    pieces = [
        Piece(name, originals, labelled(originals, role == part, annotations, species, rule))
        for name, part in ((TRAIN, TRAIN), (VALIDATION, params.validation))
    ]
    for embeddings in copies:
        allowed = trainable(embeddings.clips, originals.clips, roles, learnt_roles)
        part = labelled(embeddings, allowed, annotations, species, rule)
        pieces.append(Piece(TRAIN, embeddings, chosen_copies(part, params.copies, species)))
    for sentence in count_pieces(pieces, species):
        log.info("%s", sentence)
    at = wildcards.split, wildcards.fold
    refuse_empty(pieces, *at, input.roles)
    together = solver != ADAM
    missing = find_missing(pieces, species, together)
    refuse_missing(missing, params.required if params.by == "clip" else (), *at)
    for _, sentence in missing:
        log.warning("warning: %s", sentence)
    refuse_lost(
        members_of(table, roles, params.validation, together), annotations, params.required, *at
    )

    about = {"species": list(species), "recipe": params.recipe, "seed": params.seed}
    about["engine"] = engine
    material = [
        gather(each, annotations, species, rule, params.combine)
        for each in (by_role(pieces) if solver == ADAM else [pieces])
    ]
    with kept_heads(output.heads) as keep:
        if solver != ADAM:
            rows = {row["clip"]: row for row in table}
            known = pieces, *material, rows, params.by, params.combine
            if solver == OWN:
                learnt = take_own_classes(*known, species)
            else:
                learnt = learn_logistic(Logistic(**settings), *known)
            head, history = learnt.fit.head, list(path_rows(learnt.fit, species))
            about |= learnt.about
        else:
            learnt = None
            parts = [(of.rows, of.labels) if len(of.labels) else None for of in material]
            fit = fit_head(Recipe(**settings), *parts, params.seed, tell, keep, engine)
            head, history = fit.head, fit.history
            about |= {"epochs": len(history), "best_epoch": fit.best_epoch}
            about["converged"] = fit.converged
    scores = predict(head, originals.batches(), params.combine)
    tell_end(about, scores[:, ~np.isnan(head.layers[-1].bias)], wildcards)
    about["parameters_head"] = count_parameters(head)
    about["parameters_total"] = (
        about["parameters_head"] + originals.metadata["embedding"]["parameters"]
    )
    versions = merge_versions(each.metadata["versions"] for each in [originals, *copies])
    metadata = {**originals.metadata, "versions": versions}
    libraries = ["numpy", "scipy"] if engine == "numpy" else ["keras", engine]
    metadata = extend(metadata, "training", about, params.code, *libraries)
    write_table(output.history, list(history[0]) if history else PATH, history)
    each = [f"{what}_{name}" for what in ("score", "label") for name in species]
    write_table(output.clips, [*COLUMNS, *each], clip_rows(pieces, species, learnt))
    write_shard(output.scores, originals.clips, [scores], (len(species),), "float32", metadata)
    with whole(output.head) as partial:
        save_head(head, partial)
        made = {
            "started": started.isoformat(timespec="seconds"),
            "seconds": round((datetime.now(UTC) - started).total_seconds(), 3),
            "threads": threads,
            "machine": describe_machine(),
            "weights_sha256": weights_digest(head.weights.values()),
        }
        add_made(partial, made)


def tell(epoch, losses):
    """Log an epoch."""
    shown = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
    log.info("epoch %d: %s", epoch + 1, shown)


def tell_end(about, scores, wildcards):
    """Log what was kept, and refuse scores that are no numbers."""
    if not np.isfinite(scores).all():
        raise UserError(
            f"recipe {wildcards.recipe}: training on {wildcards.backbone} did not converge (scores "
            "are no numbers); lower its learning_rate in the config, or set standardize: true."
        )
    if about.get("epochs"):
        log.info("weights of epoch %d of %d kept", about["best_epoch"], about["epochs"])
    if not about["converged"]:
        log.warning("warning: the head did not converge")


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
