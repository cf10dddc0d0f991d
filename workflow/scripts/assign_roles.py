"""Write the role of every clip in each fold of a split."""

from anurans.errors import UserError, listing
from anurans.jobs import log, run
from anurans.splits import Split, assign_groups, lacks
from anurans.tables import read_table, write_table


def main(input, output, params):
    clips = [clip for table in input.clips for clip in read_table(table)]
    if params.by_clip:
        split = Split(by="clip", **params.by_clip)
        roles = assign_groups(split, {clip["clip"]: clip["clip"] for clip in clips})
        if found := lacks(split, roles, {}):
            raise UserError(
                f"splits.{split.name} cannot be used with these {len(clips)} clips:\n"
                f"{listing([text.replace('annotated recording', 'clip') for text in found])}\n"
                "Give it another salt, fewer folds or a larger share."
            )
    else:
        roles = {clip["clip"]: params.roles[clip["recording"]] for clip in clips}
    rows = [
        {
            "recording": clip["recording"],
            "clip": clip["clip"],
            "group": clip["clip"] if params.by_clip else params.groups[clip["recording"]],
            "night": params.nights[clip["recording"]],
            **{f"fold-{fold}": role for fold, role in roles[clip["clip"]].items()},
        }
        for clip in clips
    ]
    rows.sort(key=lambda row: (row["recording"], row["clip"]))
    folds = [name for name in rows[0] if name.startswith("fold-")]
    write_table(output[0], ["recording", "clip", "group", "night", *folds], rows)
    for fold in folds:
        of = [row[fold] for row in rows]
        log.info("%s: %s", fold, {role: of.count(role) for role in sorted(set(of))})


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
