"""Join a backbone and a trained head: image in, probabilities out, for Keras alone."""

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.heads.models import add_description, describe, weights_digest, write_description
from anurans.networks.backbones import join_models
from anurans.sounds.shards import open_shard


def main(input, output, params, wildcards):
    with open_shard(input.scores) as shard:
        metadata = shard.metadata
    model = join_models(input.backbone, input.head)
    about = describe(
        dict(wildcards.items()),
        params.species,
        read_table(input.thresholds),
        metadata,
        params.audio,
        params.clips,
        weights_digest(model.get_weights()),
    )
    with whole(output.model) as partial:
        model.save(partial)
        add_description(partial, about)
    write_description(output.about, about)
    log.info("%d parameters", model.count_params())


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
