"""Mask the images of a shard's clips."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.recordings.clips import clip_table
from anurans.recordings.names import clip_id
from anurans.sounds.image_axes import SIZE, frequency_edges, time_edges
from anurans.sounds.masking import mask_images
from anurans.sounds.shards import extend, open_shard, write_shard

CLIPS_AT_A_TIME = 64


def main(input, output, params, wildcards):
    technique = wildcards.technique
    edges = (time_edges if technique == "time_mask" else frequency_edges)(**params.image)
    copies = clip_table(read_table(input.clips))
    with open_shard(input.images) as source:
        row_of = {clip: row for row, clip in enumerate(source.clips.clip)}
        starts = zip(copies.recording, copies.source_start.tolist(), strict=True)
        rows = [row_of[clip_id(recording, start)] for recording, start in starts]

        def batches():
            for first in range(0, len(rows), CLIPS_AT_A_TIME):
                of = rows[first : first + CLIPS_AT_A_TIME]
                # The copies of a clip stand together, so that this is one stretch of the source.
                low = min(of)
                images = source.data[low : max(of) + 1][[row - low for row in of]]
                masks = copies.masks[first : first + CLIPS_AT_A_TIME]
                yield mask_images(images, masks, technique, edges, params.fill)

        settings = {"technique": technique, "fill": params.fill}
        metadata = extend(source.metadata, "masks", settings, params.code, "numpy")
        write_shard(output[0], copies, batches(), (SIZE, SIZE), "uint8", metadata)
    log.info("%d images", len(copies))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
