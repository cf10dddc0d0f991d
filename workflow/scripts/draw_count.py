"""Draw the clips that are listened to so that calls can be counted."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.review.queues import QUEUE, draw_count, frame_columns
from anurans.review.season_clips import model_digest, read_season
from anurans.scores.probabilities import read_curves


def main(input, output, params, wildcards):
    seed = params.seed + int(wildcards.round) - 1
    curves = read_curves(read_table(input.calibrators), params.species)
    clips, species = read_season(input.scores, curves, model_digest(input.model))
    name = f"count-{wildcards.round}"
    rows, frame = draw_count(name, clips, params.questions, seed)
    write_table(output.queue, QUEUE, rows)
    write_table(output.frame, frame_columns(species), frame)
    asked = len({row["question"] for row in rows})
    log.info("%d of %d clips drawn at random", asked, len(clips.recording))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
