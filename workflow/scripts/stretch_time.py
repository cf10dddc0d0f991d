"""Stretch the recordings of a shard in time, and cut the clips of their copies."""

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.recordings.audio import provenance, read_blocks, sources
from anurans.recordings.clips import clip_table
from anurans.sounds.shards import extend, write_shard
from anurans.sounds.stretching import stretch


def main(input, output, params):
    rows = read_table(input.table)
    usable = sources(rows, params.recordings, params.files, params.channels)
    table = clip_table(read_table(input.clips))
    sr, length = params.sr, params.length

    def audio():
        for each in usable:
            mine = table[table.recording == each.recording]
            for copy in np.unique(mine.copy):
                wanted = mine[mine.copy == copy]
                rate = float(wanted.rate[0])
                numbers = np.rint(wanted.source_start / (length * rate)).astype(int).tolist()
                blocks = read_blocks(each.path, each.channel, sr)
                for clip in stretch(blocks, sr, rate, length, numbers):
                    yield clip[None]
                log.info("%s: rate %g, %d clips", each.path, rate, len(numbers))

    metadata = extend(
        {"recordings": provenance(usable)},
        "clips",
        {"sr": sr, "length": length},
        params.code,
        "numpy",
        "soundfile",
        "soxr",
        "scipy",
    )
    write_shard(output[0], table, audio(), (round(length * sr),), "int16", metadata)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
