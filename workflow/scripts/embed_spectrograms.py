"""Turn the images of a shard into embeddings."""

import time

from anurans.common.jobs import log, run
from anurans.networks import gpus
from anurans.networks.embeddings import open_network
from anurans.networks.narrowing import narrow
from anurans.sounds.shards import extend, open_shard, write_shard


def main(input, output, params, resources, threads):
    embedder, backbone = open_network(input.about, threads)
    gpus.check(resources.get("gpu", 0), backbone["engine"], "embedding.engine")
    started = time.monotonic()

    with open_shard(input.images) as images:
        settings = {
            "backbone": backbone["backbone"],
            "parameters": backbone["parameters"],
            "engine": backbone["engine"],
            "precision": backbone["precision"],
            "dtype": params.dtype,
        }
        metadata = extend(images.metadata, "embedding", settings, params.code, backbone["engine"])
        # Keras and TensorFlow made the network, wherever it is computed.
        metadata["versions"] = backbone["versions"] | metadata["versions"]
        embedded = embedder.embed(images.batches(params.batch_size))
        batches = narrow(embedded, params.dtype, input.images)
        write_shard(output[0], images.clips, batches, (embedder.width,), params.dtype, metadata)
        rate = len(images.clips) / max(time.monotonic() - started, 1e-9)
        log.info(
            "%d embeddings of %d values, %.0f a second", len(images.clips), embedder.width, rate
        )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
