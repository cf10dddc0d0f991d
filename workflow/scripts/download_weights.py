"""Fetch the weights of the config's backbones."""

from anurans.common.jobs import log, run
from anurans.download.weights import download_weights


def main(params):
    paths = download_weights(
        params.backbones, params.folder, params.server, say=lambda text: print(text, flush=True)
    )
    log.info("weights of %d backbones", len(paths))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
