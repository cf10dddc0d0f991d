"""Train the network and head of one run on images, and score every original clip with them."""

import json
from datetime import UTC, datetime
from pathlib import Path

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import write_table
from anurans.heads import finetuning, run_training, run_tuning
from anurans.heads.keras_files import save_head
from anurans.heads.learning import COLUMNS, clip_rows, count_pieces
from anurans.heads.models import weights_digest
from anurans.heads.origin import add_made, describe_making
from anurans.heads.recipes import ADAM
from anurans.networks import gpus
from anurans.networks.embeddings import open_network
from anurans.sounds.shards import extend, write_shard


def main(input, output, params, wildcards, resources, threads):
    started = datetime.now(UTC)
    engine = params.engine
    has_gpu = finetuning.prepare(engine, threads, params.seed)
    gpus.check(resources.get("gpu", 0), engine, "training.engine")
    sources = input.originals, input.copies, input.annotations, input.recordings, input.roles
    given = run_training.open_given(*sources, wildcards.fold, params, {}, ADAM, "max")
    originals, species = given.originals, given.species
    pieces = run_training.take_pieces(given)
    for sentence in count_pieces((each for each in pieces if len(each.part.clips)), species):
        log.info("%s", sentence)
    at = wildcards.split, wildcards.fold
    for sentence in run_training.check_pieces(given, pieces, params.required, at, input.roles):
        log.warning("warning: %s", sentence)

    count = len(input.originals)
    images = [input.images, *run_training.chunks(input.copied_images, count)]
    checkpoint = Path(output.head).with_name("checkpoint.h5")
    backbone = json.loads(Path(input.about).read_text(encoding="utf-8"))
    made = {"network": backbone["network"], "engine": engine, "threads": threads}
    precision = params.recipe["tuning"]["precision"]
    policy = finetuning.policy_of(precision, engine, has_gpu)
    last = run_tuning.usual_epoch(input.folds) if input.folds else None
    if last is not None:
        log.info("ends after epoch %d, the middle one of those that the folds kept", last)
    trained, model = run_tuning.tune(
        given,
        pieces,
        images,
        params.recipe,
        input.backbone,
        params.seed,
        checkpoint,
        made | {"code": params.code},
        policy,
        tell,
        last,
    )
    written = run_tuning.write_network(model, backbone, Path(output.about), engine)
    embedder, _ = open_network(output.about, threads)
    scores = run_tuning.score_all(
        trained.head, embedder, input.images, params.batch_size, params.dtype
    )
    run_training.refuse_no_numbers(
        trained.head, scores, wildcards.recipe, wildcards.backbone, "tuning.base_learning_rate"
    )
    about = {"species": list(species), "recipe": params.recipe, "threads": threads}
    about = run_training.describe_run(
        trained, about | {"arithmetic": policy}, params.seed, engine, originals
    )
    log.info("weights of epoch %d of %d kept", about["best_epoch"], about["epochs"])
    if not about["converged"]:
        log.warning("warning: the network did not converge")
    metadata = {**originals.metadata, "versions": given.versions | written}
    metadata = extend(metadata, "training", about, params.code, "keras", engine)
    write_table(output.history, list(trained.history[0]), trained.history)
    each = [f"{what}_{name}" for what in ("score", "label") for name in species]
    write_table(output.clips, [*COLUMNS, *each], clip_rows(pieces, species, None))
    write_shard(output.scores, originals.clips, [scores], (len(species),), "float32", metadata)
    with whole(output.head) as partial:
        save_head(trained.head, partial)
        digest = weights_digest([*model.get_weights(), *trained.head.weights.values()])
        add_made(partial, describe_making(started, threads, digest))
    checkpoint.unlink(missing_ok=True)


def tell(epoch, losses):
    """Log an epoch; 0 is the head on the frozen network."""
    shown = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items() if name != "epoch")
    log.info("epoch %d: %s", epoch, shown)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
