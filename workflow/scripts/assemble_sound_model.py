"""Write what a head on a network that takes sound needs elsewhere, but for the network itself."""

import json
from pathlib import Path

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.heads.head_files import read_head
from anurans.heads.models import describe_sound, head_arrays, write_arrays, write_description
from anurans.networks.sound_networks import sound_settings
from anurans.scores.calibration import fit_calibrator
from anurans.scores.curves import pool, read_scored
from anurans.sounds.shards import open_shard
from anurans.splits.splits import HELD_OUT


def main(input, output, params, wildcards):
    with open_shard(input.scores) as shard:
        metadata = shard.metadata
    settings = sound_settings(params.settings)
    network = json.loads(Path(input.network).read_text(encoding="utf-8"))
    network |= {"path": settings.weights or params.birdnet, "output": settings.output}
    head = read_head(input.head)
    species = metadata["training"]["species"]
    predictions = [read_scored(read_table(path), species, HELD_OUT) for path in input.predictions]
    about = describe_sound(
        dict(wildcards.items()),
        params.species,
        read_table(input.thresholds),
        metadata,
        params.channel,
        params.clips,
        network,
        {
            "activations": [layer.activation for layer in head.layers],
            "combine": params.combine,
            "calibration": dict(zip(species, points(pool(predictions)), strict=True)),
        },
        write_arrays(output.head, head_arrays(head)),
    )
    write_description(output.about, about)
    log.info("%d layers on %s", len(head.layers), network["path"])


def points(held_out):
    """Points of each species' calibrator, as results/calibrators.tsv has them, or None."""
    for column in range(held_out.labels.shape[1]):
        of = held_out.about(column)
        found = fit_calibrator(of.labels[:, 0], of.scores[:, 0])
        yield found and {
            "scores": found.scores.round(6).tolist(),
            "probabilities": found.probabilities.round(6).tolist(),
        }


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
