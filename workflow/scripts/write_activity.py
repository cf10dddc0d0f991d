"""Write time series that people plot: counts by site, species, night, hour and sunset."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.exports.activity_rows import ACTIVITY, activity_rows
from anurans.exports.site_counts import read_calls, read_efforts
from anurans.scores.probabilities import read_separations


def main(input, output):
    calls = read_calls(map(read_table, input.calls))
    known = read_separations(read_table(input.separation))
    trust = {row["night"]: row["trust"] for row in read_table(input.drift)}
    efforts = read_efforts(map(read_table, input.effort))
    write_table(output[0], ACTIVITY, activity_rows(efforts, calls, known, trust))
    log.info("%d places and species", len(calls))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
