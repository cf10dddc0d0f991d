"""Measure how the recordings sound that models learn from, for new ones to be held against."""

from anurans.audio import sources
from anurans.jobs import log, run
from anurans.listening import measure
from anurans.sound_profiles import PROFILE, profile
from anurans.tables import read_table, write_table


def main(input, output, params):
    usable = sources(read_table(input.table), params.recordings, params.files, params.channels)
    rows = []
    for each in usable:
        levels, bands = measure(each, params.sr, params.length, params.min_last)
        rows.append(profile(each.recording, levels, bands))
    write_table(output[0], PROFILE, rows)
    log.info("%d recordings", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
