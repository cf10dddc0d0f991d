"""How many jobs a config takes from the start, and how long."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from anurans.common.errors import UserError
from anurans.common.wording import counted, name_jobs, round_time
from anurans.engine.dry_runs import available, dry_run, read_times
from anurans.engine.outdated import Job, estimate
from anurans.plan.costs import Costs, size
from anurans.plan.runs import Run
from anurans.sounds.shards import open_shard

TUNING = "finetune_model"


def tell_work(params, costs: Costs) -> str:
    """Say how many jobs everything takes, and how long.

    Parameters
    ----------
    params
        As `anurans.engine.dry_runs.dry_run` takes them.
    costs
        Of the config: what tells of rules that no earlier run timed.
    """
    try:
        plan = dry_run(params, everything=True)
    except UserError as error:
        return f"How many jobs that takes cannot be told yet: {error}"
    return (
        f"Everything, from the start: {counted(len(plan.jobs), 'job')}: "
        f"{name_jobs(job.rule for job in plan.jobs)}.\n"
        f"{_time(plan.jobs, params.run, costs).capitalize()}. What of it is still to be done: "
        "snakemake status"
    )


def tell_refits(refits: Sequence[Mapping[str, str]], run, costs: Costs) -> str:
    """Say how long the refits take, which are trained once new recordings are listened to.

    Parameters
    ----------
    refits
        Split, backbone, dataset, recipe and fold of each.
    run
        As `anurans.engine.dry_runs.available` takes it.
    costs
        Of the config.
    """
    jobs = [
        Job(TUNING, each, benchmark=f"results/benchmarks/{TUNING}/{Run(**each).folder}.tsv")
        for each in refits
    ]
    what = "one more network" if len(jobs) == 1 else f"{len(jobs)} more networks, one of each model"
    return (
        f"Besides, detect trains {what} on all folds (detection.refit): "
        f"{_time(jobs, run, costs)}. It takes {size(sum(map(costs.run_bytes, refits)))} of disk."
    )


def times_of(rule: str, recipes: Mapping[str, Any]) -> dict[str, float]:
    """Seconds of each earlier job of a rule, by benchmark file, where they tell of the next one.

    Parameters
    ----------
    rule
        Name of the rule.
    recipes
        Recipes as they are now, by name. A training of a network took as long as its recipe of
        then let it: of another one, as of more epochs, it tells nothing.
    """
    times = read_times(rule)
    if rule != TUNING:
        return times
    return {
        place: time
        for place, time in times.items()
        if (recipe := recipes.get(Path(place).parts[-2])) and recipe == _recipe_of(place)
    }


def _recipe_of(benchmark: str) -> Any:
    """Recipe that a network was trained by, as its scores tell; None where these are not there."""
    folder = Path(benchmark).relative_to(f"results/benchmarks/{TUNING}").with_suffix("")
    path = Path("results/training") / folder / "scores.h5"
    try:
        with open_shard(path) as shard:
            return shard.metadata["training"]["recipe"]
    except (UserError, KeyError, OSError):
        return None


def _time(jobs: Sequence[Job], run, costs: Costs) -> str:
    """How long jobs take, on what, and how that is known, in words."""
    times = {rule: times_of(rule, costs.recipes) for rule in {job.rule for job in jobs}}
    # Recipes of networks that were timed: the others' trainings take another time.
    timed = {Path(place).parts[-2] for place in times.get(TUNING, ())}
    untimed = {rule for rule, known in times.items() if not known}
    for job in jobs:
        other = job.rule == TUNING and job.wildcards["recipe"] not in timed
        if job.rule in untimed or other:
            untimed.add(job.rule)
            place = job.benchmark or f"{job.rule} {sorted(job.wildcards.items())}"
            times[job.rule][place] = costs.seconds(job.rule, job.wildcards)
    cores, where = available(run)
    seconds, _ = estimate(jobs, times, cores)
    if not untimed:
        source = "by earlier runs"
    else:
        source = "roughly, by rates measured on another machine"
        if len(untimed) < len(times):
            source += ", and by earlier runs"
    return f"{round_time(seconds)} {where}, {source}"
