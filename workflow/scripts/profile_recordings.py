"""Measure how the recordings sound that models learn from, for new ones to be held against."""

import numpy as np

from anurans.audio import sources
from anurans.jobs import log, run
from anurans.listening import BATCH, batched, places, read_windows
from anurans.sound_profiles import PROFILE, measure_sound, profile
from anurans.tables import read_table, write_table


def main(input, output, params):
    usable = sources(read_table(input.table), params.recordings, params.files, params.channels)
    rows = []
    for each in usable:
        at = places(each.duration_s, params.length, params.min_last, 1)
        clips = read_windows(each, params.sr, params.length, 1, at)
        parts = [measure_sound(audio, params.sr) for audio in batched(clips, BATCH)]
        levels, bands = (np.concatenate(of) for of in zip(*parts, strict=True))
        rows.append(profile(each.recording, levels, bands))
    write_table(output[0], PROFILE, rows)
    log.info("%d recordings", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
