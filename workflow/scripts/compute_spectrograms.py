"""Draw the spectrogram image of every clip of a shard."""

from anurans.common.jobs import log, run
from anurans.sounds.image_axes import SIZE
from anurans.sounds.shards import extend, open_shard, write_shard
from anurans.sounds.spectrograms import Imager, SpectrogramSettings

CLIPS_AT_A_TIME = 24


def main(input, output, params):
    with open_shard(input[0]) as source:
        sr, samples = source.metadata["clips"]["sr"], source.data.shape[1]
        imager = Imager(SpectrogramSettings(**params.settings), sr, samples, SIZE)
        batches = (imager.images(batch) for batch in source.batches(CLIPS_AT_A_TIME))
        libraries = ["scipy", *(["librosa"] if params.settings["transform"] == "pcen" else [])]
        metadata = extend(source.metadata, "spectrogram", params.settings, params.code, *libraries)
        write_shard(output[0], source.clips, batches, (SIZE, SIZE), "uint8", metadata)
        log.info("%d images", len(source.clips))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
