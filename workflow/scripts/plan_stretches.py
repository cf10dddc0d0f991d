"""Lay out the clips of the time-stretched copies of a shard's recordings."""

from anurans.annotations.labels import touched
from anurans.annotations.sources import annotations_of
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.recordings.clips import COLUMNS, concatenate
from anurans.sounds.stretching import left_over, stretched_clips


def main(input, output, params):
    durations = {
        row["recording"]: float(row["duration_s"])
        for row in read_table(input.recordings)
        if row["status"] == "ok"
    }
    clips = concatenate(
        stretched_clips(recording, duration, params.rates, params.length, params.min_last)
        for recording, duration in durations.items()
    )
    for rate in params.rates:
        for recording, duration in durations.items():
            left = left_over(duration, rate, params.length, params.min_last)
            log.info(
                "%s: rate %g, %.3f s, of which %.3f s at the end are in no clip",
                recording,
                rate,
                duration / rate,
                left,
            )
    if params.species:
        annotations = annotations_of(
            input.annotations, params.recordings, params.reading, params.files
        )
        clips = clips[touched(clips, annotations, durations, params.species)]
        log.info("%d clips are touched by a call of %s", len(clips), ", ".join(params.species))
    write_table(output[0], list(COLUMNS), clips.rows())


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
