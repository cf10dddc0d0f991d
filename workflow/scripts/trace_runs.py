"""Write down where each row of the summary comes from."""

import json

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.heads.origin import read_made
from anurans.report.provenance import file_digest, trace_run, workflow_version
from anurans.sounds.shards import open_shard


def main(input, output, params):
    networks = {
        name: file_digest(path) for name, path in zip(params.backbones, input.networks, strict=True)
    }
    runs = []
    files = {
        "head.keras": input.heads,
        "scores.h5": input.scores,
        "metrics.tsv": input.metrics,
    }
    known = zip(params.runs, params.folders, params.commands, strict=True)
    for (about, folder, command), *paths in zip(known, *files.values(), strict=True):
        head, scores, _ = paths
        with open_shard(scores) as shard:
            metadata = shard.metadata
        network = networks[about["backbone"]]
        made = read_made(head)
        lie = dict(zip(files, paths, strict=True))
        runs.append(
            trace_run(about, folder, lie, made, metadata, network, params.evaluation, command)
        )
    recordings = {
        row["recording"]: {
            "file": row["path"],
            "sha256": row["sha256"],
            "annotations": params.annotations.get(row["recording"], ""),
        }
        for row in read_table(input.recordings)
    }
    found = {
        "project": params.config["project"],
        "workflow": workflow_version(),
        "config": params.config,
        "recordings": recordings,
        "runs": runs,
    }
    with whole(output[0]) as partial:
        text = json.dumps(found, indent=1, ensure_ascii=False)
        partial.write_text(text + "\n", encoding="utf-8")
    log.info("%d runs, %d recordings", len(runs), len(recordings))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
