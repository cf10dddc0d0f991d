"""Write the role of every clip in each fold of a split."""

from anurans.jobs import log, run
from anurans.tables import read_table, write_table


def main(input, output, params):
    rows = []
    for table in input.clips:
        for clip in read_table(table):
            recording = clip["recording"]
            roles = {f"fold-{fold}": role for fold, role in params.roles[recording].items()}
            rows.append(
                {
                    "recording": recording,
                    "clip": clip["clip"],
                    "group": params.groups[recording],
                    "night": params.nights[recording],
                    **roles,
                }
            )
    rows.sort(key=lambda row: (row["recording"], row["clip"]))
    folds = [f"fold-{fold}" for fold in next(iter(params.roles.values()))]
    write_table(output[0], ["recording", "clip", "group", "night", *folds], rows)
    for fold in folds:
        roles = [row[fold] for row in rows]
        log.info("%s: %s", fold, {role: roles.count(role) for role in sorted(set(roles))})


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
