"""Export a network that takes sound for what is to compute it."""

import json
from dataclasses import replace
from pathlib import Path

from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.networks.embeddings import network_digest
from anurans.networks.engines import library
from anurans.networks.sound_embedders import source_digest
from anurans.networks.sound_export import export_sound
from anurans.networks.sound_networks import LICENCES, sound_settings
from anurans.sounds.shards import versions


def main(input, output, params):
    settings = sound_settings(params.settings)
    if settings.weights is None and Path(params.birdnet).is_file():
        settings = replace(settings, weights=params.birdnet)
    digest = source_digest(settings.weights)
    if params.expected not in (None, digest):
        raise UserError(
            f"{settings.weights}: is not the network that the finished model was trained on: its "
            f"SHA-256 begins with {digest[:12]}, expected {params.expected[:12]}. Correct "
            "detection.network in the config."
        )
    with whole(output.network) as network, whole(output.weights) as weights:
        made = export_sound(settings, params.engine, params.precision, network, weights)
    about = {
        "kind": "sound",
        "backbone": params.settings,
        "network": network_digest([output.network, output.weights]),
        "source_sha256": digest,
        "sr": settings.sr,
        "samples": settings.samples,
        "peak": settings.peak,
        "engine": made.engine,
        "precision": made.precision,
        "parameters": made.parameters,
        "width": made.width,
        "classes": made.classes,
        "licence": LICENCES[settings.architecture],
        "versions": versions(library(made.engine)),
    }
    with whole(output.about) as partial:
        partial.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    log.info(
        "%s (%s): windows of %g s at %d Hz, embeddings of %d values, %d class scores, by %s in %s",
        settings.architecture,
        Path(settings.weights).name,
        settings.window,
        settings.sr,
        made.width,
        made.classes,
        made.engine,
        made.precision,
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
