"""Draw the clips by which thresholds are checked."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.review.queues import QUEUE, draw_check
from anurans.review.season_clips import by_recording, candidates, model_digest, read_season
from anurans.scores.probabilities import read_curves


def main(input, output, params, wildcards):
    seed = params.seed + int(wildcards.round) - 1
    curves = read_curves(read_table(input.calibrators), params.species)
    clips, _ = read_season(input.scores, curves, model_digest(input.model))
    places = by_recording(read_table(input.recordings))
    found = list(candidates(clips, places))
    rows = draw_check(f"check-{wildcards.round}", found, params.questions, seed)
    write_table(output[0], QUEUE, rows)
    log.info("%d questions out of %d clips and species", len(rows), len(found))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
