"""Count the clips with calls of the season, by what people heard in a random sample of it."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.review.listened_counts import COUNTS, tabulate_counts
from anurans.review.season_clips import by_recording, months_of
from anurans.review.verdict_table import read_together


def main(input, output, params):
    places = months_of(by_recording(read_table(input.recordings)))
    frame = [row for path in input.frames for row in read_table(path)]
    verdicts = read_together(read_table(input.verdicts))
    unknown = {one.species for one in verdicts} - set(params.species)
    for name in sorted(unknown):
        log.warning("warning: verdicts about %s are not counted: the config does not have it", name)
    rows = tabulate_counts(verdicts, frame, places, params.species)
    write_table(output[0], COUNTS, rows)
    for row in rows:
        if row["by"] == "season":
            log.info("%s, %s: %s", row["queue"], row["species"], row["note"] or row["count"])


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
