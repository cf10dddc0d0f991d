"""How many jobs a config takes from the start, and how long."""

from anurans.common.errors import UserError
from anurans.common.wording import counted, name_jobs, round_time
from anurans.engine.dry_runs import available, dry_run, read_times
from anurans.engine.outdated import estimate
from anurans.plan.costs import Costs


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
