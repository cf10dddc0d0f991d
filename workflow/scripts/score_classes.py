"""Score the windows of a shard's clips for those of a network's own classes that are species."""

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.networks import gpus
from anurans.networks.embeddings import open_network
from anurans.networks.sound_shards import Heard
from anurans.recordings.audio import sources
from anurans.recordings.clips import clip_table
from anurans.sounds.shards import write_shard
from anurans.sounds.windows import Windows


def main(input, output, params, wildcards, resources, threads):
    embedder, network = open_network(input.about, threads)
    gpus.check(resources.get("gpu", 0), network["engine"], "embedding.engine")
    if params.names != embedder.classes:
        raise UserError(
            f"backbones.{wildcards.backbone}: the network scores {embedder.classes} classes, and "
            f"its list has {params.names} names. With a list that does not fit, scores of others "
            "would be taken for those of a species. Give the list that belongs to the network "
            "(classes:): a text file with a line for each class, or a CSV table with a line of "
            "column names before them."
        )
    rows = read_table(input.table)
    usable = sources(rows, params.recordings, params.files, params.channels)
    windows = Windows(network["sr"], network["samples"], params.length, params.seed)
    heard = Heard(usable, clip_table(read_table(input.clips)), windows, None)
    about = {"dtype": "float32", "classes": list(params.classes)}
    metadata = heard.metadata(network, about, params.code, "original")
    columns = list(params.classes.values())
    scored = (each[:, columns] for each in embedder.scores(heard.batches(params.batch_size)))
    shape = (len(windows.starts), len(columns))
    write_shard(output[0], heard.clips, heard.by_clip(scored), shape, "float32", metadata)
    log.info("%d clips, classes of %s", len(heard.clips), ", ".join(params.classes))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
