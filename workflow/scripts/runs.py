"""List the runs of a config, and say how many jobs, how much disk and how long they take."""

from pathlib import Path

import soundfile as sf

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.common.wording import counted, name_jobs, round_time
from anurans.engine.dry_runs import available, dry_run, read_times
from anurans.engine.outdated import estimate
from anurans.plan.costs import (
    ASSUMED_LENGTH,
    Costs,
    count_all,
    experiment_rows,
    model_rows,
    size,
    table_text,
    trained_share,
)

COLUMNS = ["split", "backbone", "dataset", "recipe", "folds", "experiments"]
SHOWN = 30


def main(params):
    settings, rows = params.settings, model_rows(params.runs)
    write_table(params.path, COLUMNS, rows)
    experiments = experiment_rows(params.runs)
    lines = [f"{counted(len(params.runs), 'run')} in {counted(len(experiments), 'experiment')}", ""]
    lines += table_text(experiments, list(experiments[0]))
    lines += ["", *table_text(rows[:SHOWN], COLUMNS)]
    if rows[SHOWN:]:
        lines.append(f"... and {len(rows) - SHOWN} lines more.")
    lines += [f"All of them: {params.path}", ""]

    lengths, told = durations(params.recordings, params.tables)
    cut = settings["clips"]["length"], settings["clips"]["min_last"]
    clips = count_all(lengths, params.techniques, settings["augmentation"], *cut)
    known = ("backbones", "recipes", "datasets", "embedding")
    costs = Costs(
        clips,
        *(settings[key] for key in known),
        params.species,
        len(params.tables),
        settings["clips"]["length"],
        {name: trained_share(split) for name, split in settings["splits"].items()},
    )
    what = ", ".join(f"{number} {technique}" for technique, number in clips.items())
    copied = (
        ", at most" if settings["augmentation"]["species"] and clips.keys() > {"original"} else ""
    )
    lines += [f"Clips{copied}: {what}; of {counted(len(lengths), 'recording')}{told}.", ""]

    disk = costs.disk(params.runs)
    disk.append({"what": "together", "how": "", "bytes": sum(row["bytes"] for row in disk)})
    lines.append("Disk, without audio of clips, tables and figures:")
    shown = [{"what": row["what"], "bytes": size(row["bytes"]), "how": row["how"]} for row in disk]
    lines += table_text(shown, ["what", "bytes", "how"])[1:]
    lines += [temporary(costs, params), ""]
    print("\n" + "\n".join(lines), flush=True)
    print(f"{work(params, costs)}\n", flush=True)
    log.info("%d runs", len(params.runs))


def temporary(costs, params):
    """Say what the audio of clips takes meanwhile."""
    settings = params.settings
    most = size(costs.temporary(params.runs, settings["audio"]["sr"]))
    if settings["clips"]["keep"]:
        return f"Besides {most} of audio of clips, which clips.keep keeps."
    return (
        f"Meanwhile at most {most} of audio of clips, deleted once it is drawn. Networks that take "
        "sound read the recordings as they go, and add nothing."
    )


def work(params, costs):
    """Say how many jobs everything takes, and how long."""
    try:
        plan = dry_run(params, everything=True)
    except UserError as error:
        return f"How many jobs that takes cannot be told yet: {error}"
    times = {rule: read_times(rule) for rule in {job.rule for job in plan.jobs}}
    untimed = {rule for rule, known in times.items() if not known}
    for job in plan.jobs:
        if job.rule in untimed:
            place = job.benchmark or f"{job.rule} {sorted(job.wildcards.items())}"
            times[job.rule][place] = costs.seconds(job.rule, job.wildcards)
    cores, where = available(params.run)
    seconds, _ = estimate(plan.jobs, times, cores)
    if not untimed:
        source = "by earlier runs"
    else:
        source = "roughly, by rates measured on another machine"
        if len(untimed) < len(times):
            source += ", and by earlier runs"
    return (
        f"Everything, from the start: {counted(len(plan.jobs), 'job')}: "
        f"{name_jobs(job.rule for job in plan.jobs)}.\n"
        f"{round_time(seconds).capitalize()} {where}, {source}. What of it is still to be done: "
        "snakemake status"
    )


def durations(recordings, tables):
    """Length of each usable recording (s), and how it is known.

    From the tables of an earlier run, else from the headers of files that exist.
    """
    rows = [row for path in tables if Path(path).exists() for row in read_table(path)]
    known = {row["recording"]: float(row["duration_s"]) for row in rows if row["status"] == "ok"}
    unusable = {row["recording"] for row in rows} - known.keys()
    assumed = 0
    for each in recordings:
        if each["recording"] in known or each["recording"] in unusable:
            continue
        try:
            known[each["recording"]] = sf.info(each["path"]).duration
        except (sf.LibsndfileError, OSError):
            known[each["recording"]] = ASSUMED_LENGTH
            assumed += 1
    names = [each["recording"] for each in recordings if each["recording"] in known]
    if not assumed:
        return [known[name] for name in names], ""
    unread = "none of which can" if assumed == len(names) else f"{assumed} of which cannot"
    return [known[name] for name in names], f", {unread} be read yet: {ASSUMED_LENGTH:g} s each"


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
