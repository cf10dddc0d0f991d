"""Embed clips of the new recordings of a day, all of them or those that may be suggested."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.listening.days import Cutting, embed, lay_clips, open_trained
from anurans.listening.detector import check_settings, read_detector
from anurans.recordings.audio import provenance, sources
from anurans.review.day_embeddings import of_embeddings, pick
from anurans.sounds.shards import extend, write_shard


def main(input, output, params, threads):
    detector = read_detector(input.model)
    check_settings(detector, params.settings, input.model)
    length = params.settings["length"]
    ids, channels = zip(*((e["recording"], e["channel"]) for e in params.recordings), strict=True)
    usable = sources(read_table(input.inspected), ids, params.files, channels)
    table = lay_clips(usable, Cutting(length, params.min_last, 1))
    for path in input.candidates:
        table = pick(table, read_table(path))
    about, shape = of_embeddings(detector)
    network = detector, input.about, input.finished, input.model, threads
    batches = (
        embed(usable, table, open_trained(*network), length, params.dtype) if len(table) else ()
    )
    metadata = extend({"recordings": provenance(usable)}, "embedding", about, params.code, "numpy")
    write_shard(output[0], table, batches, shape, params.dtype, metadata)
    log.info("%d clips", len(table))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
