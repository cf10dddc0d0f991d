"""Count the clips of each dataset, and those that are positive for each species."""

import numpy as np

from anurans.annotations.labels import LabelRule, decide_all, known_all, read_coverage
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table


def main(input, output, params):
    species, rule = params.species, LabelRule(**params.labelling)
    labels = {}
    for technique in params.techniques:
        # One table of each shard, in the order of the techniques.
        rows = (row for path in input if f"/{technique}/" in path for row in read_table(path))
        covered = read_coverage(rows, species).species
        decided, used = decide_all(covered, rule)
        labels[technique] = decided[used & known_all(covered).any(axis=1)]
    table = []
    for dataset, settings in params.datasets.items():
        parts = []
        for technique in settings["techniques"]:
            part, copies = labels[technique], settings["copies"]
            if technique != "original" and copies != "all":
                chosen = [copies == "positives" or name in copies for name in species]
                part = part[part[:, chosen].any(axis=1)]
            parts.append(part)
            table.append(count(dataset, technique, part, species))
        table.append(count(dataset, "all", np.concatenate(parts), species))
        log.info("%s", table[-1])
    each = [f"positives_{name}" for name in species]
    write_table(output[0], ["dataset", "technique", "n_clips", "without_label", *each], table)


def count(dataset, technique, labels, species):
    """Row of the table."""
    return {
        "dataset": dataset,
        "technique": technique,
        "n_clips": len(labels),
        "without_label": int((~labels.any(axis=1)).sum()),
        **{
            f"positives_{name}": n
            for name, n in zip(species, labels.sum(axis=0).tolist(), strict=True)
        },
    }


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
