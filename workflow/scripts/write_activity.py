"""Write time series that people plot: counts by site, species, night, hour and sunset."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.exports.activity_rows import ACTIVITY, activity_rows, listened_rows
from anurans.exports.site_counts import read_calls, read_efforts
from anurans.scores.probabilities import read_separations


def main(input, output):
    calls = read_calls(map(read_table, input.calls))
    known = read_separations(read_table(input.separation))
    trust = {row["night"]: row["trust"] for row in read_table(input.drift)}
    efforts = read_efforts(map(read_table, input.effort))
    counts = [row for path in input.counts for row in read_table(path)]
    listened = list(listened_rows(counts))
    rows = [*activity_rows(efforts, calls, known, trust), *listened]
    write_table(output[0], ACTIVITY, rows)
    log.info("%d places and species", len(calls))
    log.info("%d listened counts, %d without a number", len(listened), len(counts) - len(listened))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
