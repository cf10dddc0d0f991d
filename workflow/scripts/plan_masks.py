"""Draw where the masks of a shard's copies lie."""

from anurans.annotations.labels import touched
from anurans.annotations.sources import annotations_of
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.recordings.clips import COLUMNS, clip_table
from anurans.sounds.image_axes import frequency_edges, time_edges
from anurans.sounds.masking import MaskSettings, masked_clips


def main(input, output, params, wildcards):
    clips = clip_table(read_table(input.clips))
    if params.species:
        durations = {r["recording"]: float(r["duration_s"]) for r in read_table(input.recordings)}
        annotations = annotations_of(
            input.annotations, params.recordings, params.reading, params.files
        )
        clips = clips[touched(clips, annotations, durations, params.species)]
        log.info("%d clips are touched by a call of %s", len(clips), ", ".join(params.species))
    edges = time_edges if wildcards.technique == "time_mask" else frequency_edges
    copies = masked_clips(
        clips,
        wildcards.technique,
        MaskSettings(**params.masks),
        edges(**params.image),
        params.seed,
    )
    write_table(output[0], list(COLUMNS), copies.rows())


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
