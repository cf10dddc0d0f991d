"""Say what is outdated and why, and about how long it takes to compute it."""

from anurans.common.jobs import run
from anurans.engine.dry_runs import available, dry_run, read_times
from anurans.engine.outdated import report


def main(params):
    cores, where = available(params.run)
    plan = dry_run(params)
    times = {job.rule: read_times(job.rule) for job in plan.jobs}
    print(f"\n{report(plan, times, where, cores)}\n", flush=True)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
