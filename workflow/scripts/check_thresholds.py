"""Find the score from which on a clip of the season holds a call as surely as is wanted."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.review.checked_thresholds import THRESHOLDS, tabulate_thresholds
from anurans.review.season_clips import groups_of
from anurans.review.verdict_table import read_together


def main(input, output, params):
    groups = groups_of(params.places)
    verdicts = read_together(read_table(input.verdicts))
    rows = tabulate_thresholds(verdicts, groups, params.precision)
    write_table(output[0], THRESHOLDS, rows)
    for row in rows:
        log.info("%s, %s: %s", row["queue"], row["species"], row["note"] or row["threshold"])


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
