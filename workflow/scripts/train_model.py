"""Train the head of one run on embeddings, and score every original clip with it."""

from datetime import UTC, datetime

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import write_table
from anurans.heads import run_training
from anurans.heads.epoch_weights import kept_heads
from anurans.heads.keras_files import save_head
from anurans.heads.keras_training import use_engine
from anurans.heads.learning import COLUMNS, PATH, clip_rows, count_pieces
from anurans.heads.models import weights_digest
from anurans.heads.origin import add_made, describe_making
from anurans.heads.training import predict
from anurans.networks import gpus
from anurans.sounds.shards import extend, write_shard


def main(input, output, params, wildcards, resources, threads):
    started = datetime.now(UTC)
    recipe = dict(params.recipe)
    solver = recipe.pop("solver")
    engine = params.engine
    if engine != "numpy":
        use_engine(engine, threads)
    gpus.check(resources.get("gpu", 0), engine, "training.engine")
    sources = input.originals, input.copies, input.annotations, input.recordings, input.roles
    given = run_training.open_given(
        *sources, wildcards.fold, params, recipe, solver, params.combine
    )
    originals, species = given.originals, given.species
    pieces = run_training.take_pieces(given)
    for sentence in count_pieces(pieces, species):
        log.info("%s", sentence)
    at = wildcards.split, wildcards.fold
    for sentence in run_training.check_pieces(given, pieces, params.required, at, input.roles):
        log.warning("warning: %s", sentence)

    with kept_heads(output.heads) as keep:
        trained = run_training.learn(given, pieces, engine, params.seed, tell, keep)
    head = trained.head
    scores = predict(head, originals.batches(), params.combine)
    run_training.refuse_no_numbers(head, scores, wildcards.recipe, wildcards.backbone)
    about = {"species": list(species), "recipe": params.recipe}
    about = run_training.describe_run(trained, about, params.seed, engine, originals)
    if about["epochs"]:
        log.info("weights of epoch %d of %d kept", about["best_epoch"], about["epochs"])
    if not about["converged"]:
        log.warning("warning: the head did not converge")
    libraries = ["numpy", "scipy"] if engine == "numpy" else ["keras", engine]
    metadata = {**originals.metadata, "versions": given.versions}
    metadata = extend(metadata, "training", about, params.code, *libraries)
    columns = list(trained.history[0]) if trained.history else PATH
    write_table(output.history, columns, trained.history)
    each = [f"{what}_{name}" for what in ("score", "label") for name in species]
    write_table(output.clips, [*COLUMNS, *each], clip_rows(pieces, species, trained.learnt))
    write_shard(output.scores, originals.clips, [scores], (len(species),), "float32", metadata)
    with whole(output.head) as partial:
        save_head(head, partial)
        digest = weights_digest(head.weights.values())
        add_made(partial, describe_making(started, threads, digest))


def tell(epoch, losses):
    """Log an epoch."""
    shown = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
    log.info("epoch %d: %s", epoch + 1, shown)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
