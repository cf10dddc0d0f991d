"""Gather the scores of all runs in one table, and show a short form of it."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.common.versions import merge_versions, version_notes
from anurans.scores.summary import between_kinds, columns, short_table, sort_key
from anurans.scores.summary_notes import summary_notes
from anurans.sounds.shards import open_shard


def main(input, output, params):
    rows = [
        row | {"experiments": experiments}
        for metrics, experiments in zip(input.metrics, params.experiments, strict=True)
        for row in read_table(metrics)
    ]
    rows.sort(key=sort_key)
    write_table(output[0], columns(params.species), rows)
    text = "\n".join(
        [
            "",
            f"{params.project}: F1 at thresholds tuned on clips left out of training, mean ± "
            "deviation over folds",
            "",
            short_table(rows, params.species),
            "",
            *([between_kinds(rows, params.kinds)] if params.kinds else []),
            *summary_notes(
                rows,
                params.species,
                read_table(input.recordings),
                read_table(input.annotations),
                read_table(input.unread),
                params.licences,
            ),
            *version_notes(merge_versions(map(_versions, input.scores))),
            f"All scores, with intervals and counts: {output[0]}",
            "",
        ]
    )
    log.info("%s", text)
    print(text, flush=True)


def _versions(scores):
    """Versions of the libraries that a run was made with, its embeddings too."""
    with open_shard(scores) as shard:
        return shard.metadata.get("versions", {})


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
