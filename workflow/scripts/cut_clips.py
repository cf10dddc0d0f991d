"""Cut the recordings of a shard into clips of one channel and rate."""

from collections import Counter

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.recordings.audio import provenance, read_clips, sources
from anurans.recordings.clips import clip_table
from anurans.sounds.shards import extend, write_shard


def main(input, output, params):
    rows = read_table(input.table)
    usable = sources(rows, params.recordings, params.files, params.channels)
    table = clip_table(read_table(input.clips))
    counts = Counter(table.recording)

    def audio():
        for each in usable:
            count = counts[each.recording]
            for clip in read_clips(each.path, each.channel, params.sr, params.length, count):
                yield clip[None]
            log.info("%s: %d clips, channel %s", each.path, count, each.channel)

    metadata = extend(
        {"recordings": provenance(usable)},
        "clips",
        {"sr": params.sr, "length": params.length},
        params.code,
        "numpy",
        "soundfile",
        "soxr",
    )
    samples = round(params.length * params.sr)
    write_shard(output[0], table, audio(), (samples,), "int16", metadata)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
