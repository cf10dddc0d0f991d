"""Train the head of one run on embeddings, and score every original clip with it."""

from collections import defaultdict
from datetime import UTC, datetime
from sys import intern

import numpy as np

from anurans import gpus
from anurans.annotations import annotations_of
from anurans.datasets import (
    check_same_backbone,
    chosen_copies,
    labelled,
    open_embeddings,
    rows_of,
    trainable,
)
from anurans.errors import UserError, listing
from anurans.files import whole
from anurans.heads import kept_heads
from anurans.jobs import log, run
from anurans.keras_files import save_head
from anurans.keras_training import use_engine
from anurans.labels import LabelRule
from anurans.libraries import merge_versions
from anurans.machines import describe_machine
from anurans.made import add_made
from anurans.models import weights_digest
from anurans.shards import extend, write_shard
from anurans.splits import TRAIN, VALIDATION, lost
from anurans.tables import read_table, write_table
from anurans.training import Recipe, count_parameters, fit_head, predict

COLUMNS = ["role", "clip", "recording", "technique", "source_start", "source_end"]


def main(input, output, params, wildcards, resources, threads):
    started = datetime.now(UTC)
    if params.engine != "numpy":
        use_engine(params.engine, threads)
    gpus.check(resources.get("gpu", 0), params.engine, "training.engine")
    originals = open_embeddings(input.originals)
    shards = len(input.originals)
    copies = [
        open_embeddings(input.copies[first : first + shards])
        for first in range(0, len(input.copies), shards)
    ]
    check_same_backbone([originals, *copies])
    species, rule = params.settings["species"], LabelRule(**params.labelling)
    roles, members = read_roles(input.roles, f"fold-{wildcards.fold}")
    recordings = sorted(originals.metadata["recordings"])
    annotations = annotations_of(input.annotations, params.recordings, params.settings)
    annotations = {name: annotations[name] for name in recordings if name in annotations}

    role = np.array([roles[clip] for clip in originals.clips.clip], dtype=object)
    of = {
        name: [(originals, labelled(originals, role == part, annotations, species, rule))]
        for name, part in ((TRAIN, TRAIN), (VALIDATION, params.validation))
    }
    for embeddings in copies:
        allowed = trainable(embeddings.clips, originals.clips, roles)
        part = labelled(embeddings, allowed, annotations, species, rule)
        of[TRAIN].append((embeddings, chosen_copies(part, params.copies, species)))
    tell_parts(of, species)
    refuse_missing(of, species, params, wildcards, input)
    refuse_lost(members, annotations, params, wildcards)

    def stored(name):
        """Embeddings and labels of a part, None where it is empty."""
        labels = np.concatenate([part.labels for _, part in of[name]])
        wanted = [(embeddings, part.clips.clip) for embeddings, part in of[name]]
        return (rows_of(wanted), labels) if len(labels) else None

    def tell(epoch, losses):
        shown = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
        log.info("epoch %d: %s", epoch + 1, shown)

    recipe = Recipe(**params.recipe)
    with kept_heads(output.heads) as keep:
        parts = stored(TRAIN), stored(VALIDATION)
        fit = fit_head(recipe, *parts, params.seed, tell, keep, params.engine)
    log.info("weights of epoch %d of %d kept", fit.best_epoch, len(fit.history))
    scores = predict(fit.head, originals.batches())
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
        "engine": params.engine,
        "epochs": len(fit.history),
        "best_epoch": fit.best_epoch,
        "parameters_head": head,
        "parameters_total": head + originals.metadata["embedding"]["parameters"],
    }
    versions = merge_versions(each.metadata["versions"] for each in [originals, *copies])
    metadata = {**originals.metadata, "versions": versions}
    libraries = ["numpy"] if params.engine == "numpy" else ["keras", params.engine]
    metadata = extend(metadata, "training", about, params.code, *libraries)
    write_table(output.history, list(fit.history[0]), fit.history)
    write_table(output.clips, [*COLUMNS, *(f"label_{name}" for name in species)], rows(of, species))
    write_shard(output.scores, originals.clips, [scores], (len(species),), "float32", metadata)
    with whole(output.head) as partial:
        save_head(fit.head, partial)
        made = {
            "started": started.isoformat(timespec="seconds"),
            "seconds": round((datetime.now(UTC) - started).total_seconds(), 3),
            "threads": threads,
            "machine": describe_machine(),
            "weights_sha256": weights_digest(fit.head.weights.values()),
        }
        add_made(partial, made)


def read_roles(path, fold):
    """Read the role of each clip, and of which recordings the clips of each role are."""
    roles, members = {}, defaultdict(set)
    for row in read_table(path):
        roles[row["clip"]] = intern(row[fold])
        members[row[fold]].add(row["recording"])
    return roles, members


def tell_parts(of, species):
    """Log how many clips and positives each part has, by technique."""
    for role, parts in of.items():
        for _, part in parts:
            technique = part.clips.technique[0] if len(part.clips) else "no"
            counts = dict(zip(species, part.labels.sum(axis=0).tolist(), strict=True))
            log.info("%s: %d %s clips, positives %s", role, len(part.clips), technique, counts)


def refuse_missing(of, species, params, wildcards, input):
    """Refuse an empty training part, and one without a species that is required.

    Splits by clip require them here: only the job knows how many clips there are. Of others the
    plan has made sure before any job, but for the recordings that turned out to be unusable
    (`refuse_lost`).
    """
    by_clip = params.by == "clip"
    counts = {
        role: np.concatenate([part.labels for _, part in parts]) for role, parts in of.items()
    }
    at = f"split {wildcards.split}, fold {wildcards.fold}"
    if not len(counts[TRAIN]):
        raise UserError(
            f"{at}: no clip to train on; see {input.roles} and results/annotations.csv."
        )
    problems = []
    for role, labels in counts.items():
        for name in np.array(species)[~labels.any(axis=0)] if len(labels) else ():
            problems.append(f"{role}: none of {len(labels)} clips is positive for {name}")
            if not by_clip or name not in params.required:
                log.warning("warning: %s", problems.pop())
    if problems:
        raise UserError(
            f"{at}: cannot be used with these recordings:\n{listing(problems)}\nGive "
            f"splits.{wildcards.split} another salt or fewer folds, or let a rare species through "
            f"with splits.{wildcards.split}.allow_missing: [<species>]."
        )


def refuse_lost(members, annotations, params, wildcards):
    """Refuse what only recordings filled that turned out to be unusable."""
    used = {role: members[role] for role in (TRAIN, params.validation) if role in members}
    calls = {name: {call.species for call in found} for name, found in annotations.items()}
    if problems := lost(used, calls, params.required):
        at = f"splits.{wildcards.split}"
        raise UserError(
            f"split {wildcards.split}, fold {wildcards.fold}: cannot be used without the "
            f"recordings that are left out (results/recordings.csv says why):\n{listing(problems)}"
            f"\nMend these recordings, give {at} another salt or fewer folds, or let a rare "
            f"species through with {at}.allow_missing: [<species>]."
        )


def rows(of, species):
    """Rows of the table of what was trained and validated on."""
    for role, parts in of.items():
        for _, part in parts:
            columns = [getattr(part.clips, name).tolist() for name in COLUMNS[1:]]
            for *values, labels in zip(*columns, part.labels.astype(int).tolist(), strict=True):
                labels = zip(species, labels, strict=True)
                yield dict(zip(COLUMNS, [role, *values], strict=True)) | {
                    f"label_{name}": label for name, label in labels
                }


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
