"""Find the annotations that held-out scores contradict, and calls that nobody annotated."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.assembling import choose_model
from anurans.review.correction_effect import frame_columns, frame_rows
from anurans.review.doubts import find_doubts
from anurans.review.queues import QUEUE, lay_queue
from anurans.scores.curves import scored_rows
from anurans.splits.splits import HELD_OUT


def main(input, output, params, wildcards):
    places, about = choose_model([read_table(path) for path in input.metrics])
    rows = [
        row for at in places for row in scored_rows(read_table(input.predictions[at]), HELD_OUT)
    ]
    model = "/".join(about["model"][key] for key in ("split", "backbone", "dataset", "recipe"))
    found = find_doubts(rows, list(params.species), params.species, params.length, model)
    queue = lay_queue(f"doubt-{wildcards.round}", "doubt", found[: params.questions])
    write_table(output.queue, QUEUE, queue)
    frame = frame_rows(f"doubt-{wildcards.round}", model, rows, list(params.species))
    write_table(output.frame, frame_columns(params.species), frame)
    log.info("%d of %d doubts, by %s", len(queue), len(found), model)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
