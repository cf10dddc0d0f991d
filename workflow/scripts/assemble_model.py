"""Join a backbone and a trained head: image in, probabilities out, for Keras alone."""

from anurans.backbones import join_models
from anurans.files import whole
from anurans.jobs import log, run


def main(input, output):
    with whole(output[0]) as partial:
        model = join_models(input.backbone, input.head)
        model.save(partial)
    log.info("%d parameters", model.count_params())


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
