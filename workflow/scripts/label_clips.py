"""Measure how the annotated calls of each species cover the clips of a shard."""

from anurans.annotations.labels import MEASURES, cover_clips, listened_to
from anurans.annotations.sources import annotations_of
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.recordings.clips import clip_table


def main(input, output, params):
    durations = {row["recording"]: float(row["duration_s"]) for row in read_table(input.recordings)}
    annotations = annotations_of(
        input.annotations, params.recordings, params.settings, params.files
    )
    clips = clip_table(row for row in read_table(input.clips) if row["recording"] in annotations)
    known = listened_to(clips, annotations)
    clips, unknown = clips[known], int((~known).sum())
    species = params.settings["species"]
    covers = cover_clips(clips, annotations, durations, species)
    columns = {
        "clip": clips.clip,
        "recording": clips.recording,
        "start": clips.source_start,
        "end": clips.source_end,
    } | {
        f"{name}_{measure}": getattr(covers[name], measure)
        for name in species
        for measure in MEASURES
    }
    rows = zip(*(values.tolist() for values in columns.values()), strict=True)
    write_table(output[0], list(columns), (dict(zip(columns, row, strict=True)) for row in rows))
    log.info(
        "%d clips of %d annotated recordings, %d more not listened to; %d recordings not annotated",
        len(clips),
        len(annotations),
        unknown,
        len(params.recordings) - len(annotations),
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
