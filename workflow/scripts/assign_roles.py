"""Write the role of every clip in each fold of a split."""

from anurans.common.errors import UserError, listing
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.recordings.times import night_of, time_of_day
from anurans.splits.requirements import lacks
from anurans.splits.splits import LEFT_OUT, Split, assign_groups


def main(input, output, params, wildcards):
    every = [clip for table in input.clips for clip in read_table(table)]
    copies = {row["recording"] for row in read_table(input.recordings) if row["same_as"]}
    clips = [clip for clip in every if clip["recording"] not in copies]
    if params.by_clip:
        split = Split(by="clip", **params.by_clip)
        roles = assign_groups(split, {clip["clip"]: clip["clip"] for clip in clips})
        if found := lacks(split, roles, {}):
            raise UserError(
                f"splits.{split.name} cannot be used with these {len(clips)} clips:\n"
                f"{listing([text.replace('annotated recording', 'clip') for text in found])}\n"
                "Give it another salt, fewer folds or a larger share."
            )
        groups = {clip["clip"]: clip["clip"] for clip in clips}
    else:
        groups = {clip["clip"]: params.groups[clip["recording"]] for clip in clips}
        if params.timed:
            for clip in clips:
                clock, start = params.clocks[clip["recording"]], float(clip["source_start"])
                now = time_of_day(seconds=start, **clock)[0]
                now = night_of(seconds=start, **clock) if params.timed["by"] == "night" else now
                groups[clip["clip"]] = now or groups[clip["clip"]]
            roles = assign_groups(Split(**params.timed), groups)
        else:
            roles = {clip["clip"]: params.roles[clip["recording"]] for clip in clips}
        refuse_emptied(params.roles, clips, roles, wildcards.split)
    folds = next(iter(roles.values()), {})
    for clip in every:
        groups.setdefault(clip["clip"], clip["recording"])
        roles.setdefault(clip["clip"], dict.fromkeys(folds, LEFT_OUT))
    rows = [
        {
            "recording": clip["recording"],
            "clip": clip["clip"],
            "group": groups[clip["clip"]],
            "night": night_of(
                seconds=float(clip["source_start"]), **params.clocks[clip["recording"]]
            ),
            **{f"fold-{fold}": role for fold, role in roles[clip["clip"]].items()},
        }
        for clip in every
    ]
    rows.sort(key=lambda row: (row["recording"], row["clip"]))
    folds = [name for name in rows[0] if name.startswith("fold-")]
    write_table(output[0], ["recording", "clip", "group", "night", *folds], rows)
    for fold in folds:
        of = [row[fold] for row in rows]
        log.info("%s: %s", fold, {role: of.count(role) for role in sorted(set(of))})


def refuse_emptied(planned, clips, dealt, split):
    """Refuse a split of which a part holds only recordings that turned out to be unusable."""
    usable = {clip["recording"] for clip in clips}
    parts = {(fold, role) for roles in planned.values() for fold, role in roles.items()}
    left = {(fold, role) for roles in dealt.values() for fold, role in roles.items()}
    if emptied := sorted(parts - left):
        found = [f"fold {fold}: no recording in {role} can be used" for fold, role in emptied]
        raise UserError(
            f"splits.{split} cannot be used, because {len(planned) - len(usable)} of "
            f"{len(planned)} recordings are left out (results/recordings.csv says why):\n"
            f"{listing(found)}\nMend these recordings, or give splits.{split} another salt or "
            "fewer folds."
        )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
