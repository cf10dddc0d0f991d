"""Measure how the annotated calls of each species cover the clips of a shard."""

from itertools import compress

from anurans.annotations.known import by_chosen_alone
from anurans.annotations.labels import cover_clips, coverage_columns, known_all
from anurans.annotations.sources import annotations_of
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.recordings.clips import clip_table


def main(input, output, params):
    durations = {row["recording"]: float(row["duration_s"]) for row in read_table(input.recordings)}
    annotations = annotations_of(input.annotations, params.recordings, params.reading, params.files)
    clips = clip_table(row for row in read_table(input.clips) if row["recording"] in annotations)
    species = params.settings["species"]
    covers = cover_clips(clips, annotations, durations, species)
    columns = {
        "clip": clips.clip.tolist(),
        "recording": clips.recording.tolist(),
        "start": clips.source_start.tolist(),
        "end": clips.source_end.tolist(),
    } | coverage_columns(covers)
    chosen = by_chosen_alone(clips, annotations, durations, species)
    columns["chosen"] = [" ".join(compress(species, row)) for row in chosen.tolist()]
    rows = zip(*columns.values(), strict=True)
    write_table(output[0], list(columns), (dict(zip(columns, row, strict=True)) for row in rows))
    log.info(
        "%d clips of %d annotated recordings, nothing known of %d; %d recordings not annotated",
        len(clips),
        len(annotations),
        (~known_all(covers).any(axis=1)).sum(),
        len(params.recordings) - len(annotations),
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
