"""Build a frozen backbone, save it with Keras, and export it for OpenVINO."""

import json
from pathlib import Path

from anurans.backbones import BackboneSettings, build_backbone, count_parameters, export_backbone
from anurans.files import whole
from anurans.jobs import log, run
from anurans.shards import versions


def main(input, output, params):
    model = build_backbone(BackboneSettings(**params.settings, seed=params.seed))
    with whole(output.keras) as partial:
        model.save(partial)
    with whole(output.weights) as weights, whole(output.network) as partial:
        export_backbone(model, partial)
        # OpenVINO writes the weights beside the network.
        partial.with_suffix(".bin").replace(weights)
    about = {
        "backbone": params.settings,
        "engine": "openvino",
        "parameters": count_parameters(model),
        "width": model.output_shape[1],
        "versions": versions("keras", "openvino", "tensorflow"),
    }
    with whole(output.about) as partial:
        partial.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    log.info(
        "%s with %s weights: %d parameters, embeddings of %d values",
        params.settings["architecture"],
        Path(params.settings["weights"]).name,
        about["parameters"],
        about["width"],
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
