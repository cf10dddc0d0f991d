"""Count the clips with calls of the season, by what people heard in a random sample of it."""

from anurans.common.jobs import log, run
from anurans.common.markup import aligned
from anurans.common.tables import read_table, write_table
from anurans.report.season_counts import count_of
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
    seasons = [row for row in rows if row["by"] == "season"]
    if seasons:
        header = ("queue", "species", "clips listened to", "clips with calls (95 %)")
        cells = [(row["queue"], row["species"], row["answers"], count_of(row)) for row in seasons]
        shown = "\n".join(
            line.rstrip()
            for line in aligned([header, *(tuple(map(str, row)) for row in cells)], rule=True)
        )
        log.info("%s", shown)
        print(
            f"\nCounted by listening\n\n{shown}\n\nAll of it: {output[0]}. The target monitoring "
            "puts it on its page.\n",
            flush=True,
        )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
