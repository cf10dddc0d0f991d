"""Measure what corrected annotations did to F1, beside what it was when they were doubted."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.review.correction_effect import EFFECT, MEAN, frame_rows, tabulate_effect
from anurans.scores.comparison import MODEL
from anurans.scores.curves import scored_rows
from anurans.scores.ranking import gather_models
from anurans.splits.splits import HELD_OUT

NAMED = ("split", "backbone", "dataset", "recipe")


def main(input, output, params):
    metrics = [read_table(path) for path in input.metrics]
    rows = []
    for frame_path, queue_path in zip(input.frames, input.queues, strict=True):
        frame = read_table(frame_path)
        now = held_out_of(frame[0]["model"], metrics, input.predictions, params) if frame else []
        asked = read_table(queue_path)
        rows += tabulate_effect(frame, asked, now, params.species, params.resamples, params.seed)
    write_table(output[0], EFFECT, rows)
    for row in rows:
        if row["species"] == MEAN:
            log.info("%s, %s: %s", row["queue"], row["judged_on"], row.get("difference"))


def held_out_of(model, metrics, predictions, params):
    """Held-out rows of the model as it is now; none where it is trained no more."""
    named = dict(zip(NAMED, model.split("/"), strict=True)).items()
    rows = [
        row
        for found, places in gather_models(metrics).items()
        if named <= dict(zip(MODEL, found, strict=True)).items()
        for at in places
        for row in scored_rows(read_table(predictions[at]), HELD_OUT)
    ]
    return frame_rows("", model, rows, params.species)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
