"""Cut the recordings of a shard into clips of one channel and rate."""

from anurans.audio import read_clips
from anurans.clips import COLUMNS, concatenate, original_clips
from anurans.jobs import log, run
from anurans.shards import extend, write_shard
from anurans.tables import read_table, write_table


def main(input, output, params):
    rows = {row["recording"]: row for row in read_table(input.table)}
    usable = {
        recording: (path, channel, float(rows[recording]["duration_s"]))
        for recording, path, channel in zip(
            params.recordings, input.recordings, params.channels, strict=True
        )
        if rows[recording]["status"] == "ok"
    }
    clips = {
        recording: original_clips(recording, duration, params.length, params.min_last)
        for recording, (_, _, duration) in usable.items()
    }

    def audio():
        for recording, (path, channel, _) in usable.items():
            count = len(clips[recording])
            for clip in read_clips(path, channel, params.sr, params.length, count):
                yield clip[None]
            log.info("%s: %d clips, channel %s", path, count, channel)

    settings = {"sr": params.sr, "length": params.length, "min_last": params.min_last}
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
    table = concatenate(clips.values())
    write_shard(
        output.shard, table, audio(), (round(params.length * params.sr),), "int16", metadata
    )
    write_table(output.table, list(COLUMNS), table.rows())


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
