"""Turn the sound of a shard's clips, or of their copies, into embeddings of their windows."""

import time

from anurans import gpus
from anurans.audio import provenance, sources
from anurans.clips import clip_table
from anurans.embeddings import open_network
from anurans.engines import library
from anurans.jobs import log, run
from anurans.narrowing import narrow
from anurans.shards import extend, write_shard
from anurans.sound_clips import read_copies
from anurans.tables import read_table
from anurans.windows import NOISE, Windows, together


def main(input, output, params, wildcards, resources, threads):
    embedder, network = open_network(input.about, threads)
    gpus.check(resources.get("gpu", 0), network["engine"], "embedding.engine")
    started = time.monotonic()
    rows = read_table(input.table)
    usable = sources(rows, params.recordings, params.files, params.channels)
    table = clip_table(read_table(input.clips))
    windows = Windows(network["sr"], network["samples"], params.length, params.seed)
    shape = (len(windows.starts), embedder.width)

    def cut():
        """Windows of each clip."""
        for each in usable:
            mine = table[table.recording == each.recording]
            sound = read_copies(each, mine, windows.sr, params.length)
            for at, clip in enumerate(sound):
                about = mine.clip[at], mine.technique[at], mine.masks[at]
                yield windows.cut(clip, *about, params.top)
            log.info("%s: %d clips, channel %s", each.path, len(mine), each.channel)

    batches = together(cut(), params.batch_size)
    embedded = (batch.reshape(-1, *shape) for batch in embedder.embed(batches))
    kept = ("backbone", "source_sha256", "licence", "parameters", "engine", "precision")
    about = {key: network[key] for key in kept}
    about |= {
        "sr": windows.sr,
        "samples": windows.samples,
        "window": windows.window,
        "windows": windows.starts.tolist(),
        "noise": NOISE,
        "seed": params.seed,
        "dtype": params.dtype,
    }
    metadata = {"recordings": provenance(usable)}
    settings = {"sr": windows.sr, "length": params.length}
    metadata = extend(metadata, "clips", settings, params.code, "numpy", "soundfile", "soxr")
    if params.top:
        settings = {"technique": wildcards.technique, "top": params.top}
        metadata = extend(metadata, "masks", settings, params.code)
    metadata = extend(
        metadata, "embedding", about, params.code, library(network["engine"]), "scipy"
    )
    metadata["versions"] = network["versions"] | metadata["versions"]
    narrowed = narrow(embedded, params.dtype, output[0])
    write_shard(output[0], table, narrowed, shape, params.dtype, metadata)
    rate = len(table) * shape[0] / max(time.monotonic() - started, 1e-9)
    log.info("%d clips of %d windows, %.0f windows a second", len(table), shape[0], rate)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
