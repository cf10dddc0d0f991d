"""Say what is outdated and why, and about how long it takes to compute it."""

from anurans.common.jobs import run
from anurans.engine.dry_runs import available, dry_run
from anurans.engine.forecast import TUNING, times_of
from anurans.engine.outdated import report


def main(params):
    cores, where = available(params.run)
    plan = dry_run(params)
    recipes = {
        job.wildcards["recipe"]: job.params["recipe"] for job in plan.jobs if job.rule == TUNING
    }
    times = {rule: times_of(rule, recipes) for rule in {job.rule for job in plan.jobs}}
    print(f"\n{report(plan, times, where, cores)}\n", flush=True)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
