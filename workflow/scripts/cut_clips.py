"""Cut the recordings of a shard into clips of one channel and rate."""

from collections import Counter

from anurans.audio import read_clips
from anurans.clips import clip_table
from anurans.jobs import log, run
from anurans.shards import extend, write_shard
from anurans.tables import read_table


def main(input, output, params):
    rows = {row["recording"]: row for row in read_table(input.table)}
    usable = {
        recording: (path, channel, float(rows[recording]["duration_s"]))
        for recording, path, channel in zip(
            params.recordings, input.recordings, params.channels, strict=True
        )
        if rows[recording]["status"] == "ok"
    }
    table = clip_table(read_table(input.clips))
    counts = Counter(table.recording)

    def audio():
        for recording, (path, channel, _) in usable.items():
            for clip in read_clips(path, channel, params.sr, params.length, counts[recording]):
                yield clip[None]
            log.info("%s: %d clips, channel %s", path, counts[recording], channel)

    settings = {"sr": params.sr, "length": params.length}
    sources = {
        recording: {
            "sha256": rows[recording]["sha256"],
            "duration_s": duration,
            "channel": channel,
        }
        for recording, (_, channel, duration) in usable.items()
    }
    metadata = extend(
        {"recordings": sources}, "clips", settings, params.code, "numpy", "soundfile", "soxr"
    )
    samples = round(params.length * params.sr)
    write_shard(output[0], table, audio(), (samples,), "int16", metadata)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
