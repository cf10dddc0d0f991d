"""Plans of what a run would do, made as `snakemake -n` makes them, without a lock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from snakemake.api import SnakemakeApi
from snakemake.exceptions import RuleException, WorkflowError
from snakemake.logging import logger
from snakemake.settings.enums import Quietness
from snakemake.settings.types import ExecutionSettings, OutputSettings, ResourceSettings

from anurans.common.errors import UserError
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.engine.outdated import Job, Plan

# With these two a dry run ends once its plan is made.
QUIET = {Quietness.RULES, Quietness.PROGRESS}


def available(run) -> tuple[int, str]:
    """Cores, or jobs of a cluster, at a time: how many, and in words."""
    cores = run["cores"] or run["jobs"] or os.cpu_count() or 1
    if not run["cores"] and run["jobs"]:
        return cores, f"with {counted(cores, 'job')} at a time"
    return cores, f"on {counted(cores, 'core')}"


def dry_run(params, everything: bool = False) -> Plan:
    """Plan what this run's config asks for by default, as `snakemake -n` does.

    With `everything` from the start, as if nothing were computed yet.
    """
    dag = replace(params.run["dag"], targets=frozenset(), forcetargets=False, forceall=everything)
    settings = {
        f"{name}_settings": params.run[name]
        for name in ("config", "deployment", "workflow", "storage", "storage_provider")
    }
    with planned(params.snakefile, dag, **settings) as workflow:
        return describe(workflow)


@contextmanager
def planned(snakefile, dag, **settings) -> Iterator:
    """Give the workflow once it has planned its jobs, without a lock."""
    with SnakemakeApi(OutputSettings(dryrun=True, quiet=QUIET)) as api:
        logger.setLevel("WARNING")
        try:
            workflow = api.workflow(
                snakefile=Path(snakefile),
                resource_settings=ResourceSettings(cores=1),
                **settings,
            )
            workflow.dag(dag).execute_workflow(
                executor="dryrun", execution_settings=ExecutionSettings(lock=False)
            )
        except (WorkflowError, RuleException) as error:
            raise UserError(said_first(error)) from None
        except SystemExit as error:
            if isinstance(error.__cause__, UserError):  # a mistake that the plan came upon
                raise error.__cause__ from None
            raise
        yield workflow._workflow


def describe(workflow) -> Plan:
    """Gather what is known of the jobs that would run."""
    dag, records = workflow.dag, workflow.persistence
    jobs = [job for level in dag.toposorted() for job in level if not job.rule.norun]
    outdated = [job for job in jobs if dag.needrun(job)]
    places = {job: place for place, job in enumerate(outdated)}
    computed: dict[str, int] = {}
    for job in jobs:
        is_known = any(records.metadata(file) for file in job.output)
        computed[job.rule.name] = computed.get(job.rule.name, 0) + is_known
    found = []
    for job in outdated:
        reason = dag.reason(job)
        known = [file for file in job.output if records.metadata(file)]
        newer = reason.updated_input - reason.updated_input_run
        cut_off = reason.forced and workflow.async_run(records.incomplete(job))
        found.append(
            Job(
                rule=job.rule.name,
                wildcards=dict(job.wildcards_dict),
                needs=tuple(places[dep] for dep in dag.dependencies[job] if dep in places),
                params=recorded_params(job),
                recorded=frozenset(records.params(known[0]) or ()) if known else None,
                inputs=frozenset(map(str, job.input)),
                recorded_inputs=frozenset(records.input(known[0]) or ()) if known else None,
                missing=tuple(
                    str(file)
                    for file in job.output
                    if file not in job.temp_output and not workflow.async_run(file.exists())
                ),
                newer=tuple(
                    (name, str(file))
                    for name, files in named_inputs(job)
                    for file in files
                    if file in newer
                ),
                cut_off=bool(cut_off),
                forced=reason.forced,
                environment_changed=bool(reason.software_stack_changed),
                benchmark=str(job.benchmark or ""),
                threads=job.threads,
            )
        )
    return Plan(found, computed, records.locked)


def recorded_params(job) -> dict[str, Any]:
    """Params of a job that count: not those that follow from its inputs or ask for its outputs."""
    return {name: value for name, value in job.params.items() if value in job.non_derived_params}


def named_inputs(job) -> Iterator[tuple[str, list[str]]]:
    """Files of each input of a job; of an unnamed one, under no name."""
    named = {
        name: [files] if isinstance(files, str) else list(files)
        for name, files in job.input.items()
    }
    yield from named.items()
    known = {file for files in named.values() for file in files}
    yield "", [file for file in job.input if file not in known]


def read_times(rule: str) -> dict[str, float]:
    """Seconds of each earlier job of a rule, by benchmark file."""
    folder = Path("results/benchmarks")
    times = {}
    for path in [folder / f"{rule}.tsv", *sorted((folder / rule).rglob("*.tsv"))]:
        try:
            times[str(path)] = float(read_table(path, ["s"])[-1]["s"])
        except (UserError, ValueError, IndexError):
            continue  # never run, or cut off
    return times


def said_first(error: Exception) -> str:
    """What was said where an error began; Snakemake wraps it in lines for programmers."""
    while isinstance(error.__context__, WorkflowError | RuleException):
        error = error.__context__
    return str(error)
