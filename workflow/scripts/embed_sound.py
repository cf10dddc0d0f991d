"""Turn the sound of a shard's clips, or of their copies, into embeddings of their windows."""

import time

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.networks import gpus
from anurans.networks.embeddings import open_network
from anurans.networks.narrowing import narrow
from anurans.networks.sound_shards import Heard
from anurans.recordings.audio import sources
from anurans.recordings.clips import clip_table
from anurans.sounds.shards import write_shard
from anurans.sounds.windows import Windows


def main(input, output, params, wildcards, resources, threads):
    embedder, network = open_network(input.about, threads)
    gpus.check(resources.get("gpu", 0), network["engine"], "embedding.engine")
    started = time.monotonic()
    rows = read_table(input.table)
    usable = sources(rows, params.recordings, params.files, params.channels)
    windows = Windows(network["sr"], network["samples"], params.length, params.seed)
    heard = Heard(usable, clip_table(read_table(input.clips)), windows, params.top)
    shape = (len(windows.starts), embedder.width)
    metadata = heard.metadata(network, {"dtype": params.dtype}, params.code, wildcards.technique)
    embedded = heard.by_clip(embedder.embed(heard.batches(params.batch_size)))
    narrowed = narrow(embedded, params.dtype, output[0])
    write_shard(output[0], heard.clips, narrowed, shape, params.dtype, metadata)
    rate = len(heard.clips) * shape[0] / max(time.monotonic() - started, 1e-9)
    log.info("%d clips of %d windows, %.0f windows a second", len(heard.clips), shape[0], rate)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
