"""Turn the images of a shard into embeddings."""

import json
import time
from pathlib import Path

import numpy as np

from anurans import gpus
from anurans.embeddings import Embedder, KerasEmbedder
from anurans.engines import TENSORFLOW, check_exported
from anurans.errors import UserError
from anurans.jobs import log, run
from anurans.shards import extend, open_shard, write_shard


def main(input, output, params, resources, threads):
    backbone = json.loads(Path(input.about).read_text(encoding="utf-8"))
    check_exported(backbone, input.about)
    gpus.check(resources.get("gpu", 0), backbone["engine"], "embedding.engine")
    if backbone["engine"] == TENSORFLOW:
        embedder = KerasEmbedder(input.model, threads)
    else:
        embedder = Embedder(input.network, backbone["precision"], threads)
    started = time.monotonic()

    def stored(batches):
        for batch in batches:
            with np.errstate(over="ignore"):
                narrow = batch.astype(params.dtype)
            if not np.isfinite(narrow).all():
                raise UserError(
                    f"{input.images}: embeddings reach {np.abs(batch).max():.3g}, more than "
                    f"{params.dtype} holds; set embedding.dtype: float32 in the config."
                )
            yield narrow

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
        batches = stored(embedder.embed(images.batches(params.batch_size)))
        write_shard(output[0], images.clips, batches, (embedder.width,), params.dtype, metadata)
        rate = len(images.clips) / max(time.monotonic() - started, 1e-9)
        log.info(
            "%d embeddings of %d values, %.0f a second", len(images.clips), embedder.width, rate
        )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
