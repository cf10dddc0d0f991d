"""Build a frozen backbone, save it with Keras, and export it for what is to compute it."""

import json
from pathlib import Path

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.networks import gpus
from anurans.networks.backbones import (
    BackboneSettings,
    build_backbone,
    count_parameters,
    save_network,
)
from anurans.networks.embeddings import network_digest, network_files
from anurans.networks.engines import resolve
from anurans.sounds.shards import versions


def main(input, output, params, resources):
    engine, precision = resolve(params.engine, params.precision)
    gpus.check(resources.get("gpu", 0), engine, "embedding.engine")
    model = build_backbone(BackboneSettings(**params.settings, seed=params.seed))
    save_network(model, Path(output.keras), Path(output.network), engine)
    about = {
        "backbone": params.settings,
        "network": network_digest(network_files(Path(output.about).parent, engine)),
        "engine": engine,
        "precision": precision,
        "parameters": count_parameters(model),
        "width": model.output_shape[1],
        "versions": versions("keras", "tensorflow"),
    }
    with whole(output.about) as partial:
        partial.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    log.info(
        "%s with %s weights: %d parameters, embeddings of %d values, by %s in %s",
        params.settings["architecture"],
        Path(params.settings["weights"]).name,
        about["parameters"],
        about["width"],
        engine,
        precision,
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
