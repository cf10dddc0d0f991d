"""Measure how the recordings sound that models learn from, for new ones to be held against."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.scoring import measure
from anurans.recordings.audio import sources
from anurans.sounds.sound_profiles import PROFILE, profile


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
