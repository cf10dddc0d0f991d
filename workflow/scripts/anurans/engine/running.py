"""What Snakemake itself is asked to do otherwise while it runs; all that leans on its inside."""

import gc
from pathlib import Path
from typing import Any

from snakemake import persistence
from snakemake.logging import logger
from snakemake_interface_executor_plugins.settings import ExecMode

from anurans.common.errors import UserError
from anurans.plan.kept_answers import Answers


class With:
    """An object with some attributes replaced."""

    def __init__(self, of: Any, **others: Any) -> None:
        self.__dict__.update(others, _of=of)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)


def collect_rarely() -> None:
    """Look for what nobody refers to once in 100,000 new objects, and not at what is there now.

    Hundreds of jobs are hundreds of thousands of objects, of which next to none go: Python would
    walk over all of them again and again, a fifth of the time of a plan.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def say(workflow: Any, plan: Any) -> None:
    """Show the notes of a plan once, before it; jobs, which read the config again, keep quiet."""
    if workflow.is_main_process:
        for note in plan.notes:
            logger.warning(note)


def keep_records() -> None:
    """Let a job on a cluster write down what it was made from, as its workflow does.

    Else, where a workflow is killed and its jobs go on, nobody does: their files would be taken for
    good, and a later change of what they were made from would go unnoticed.
    """
    base = persistence.PersistenceBase
    finished = base.finished

    async def recorded(self, job):
        main = With(self.dag.workflow, exec_mode=ExecMode.DEFAULT)
        await finished(With(self, dag=With(self.dag, workflow=main)), job)

    base.finished = recorded


def answers(workflow: Any, code: str) -> Answers:
    """What a workflow keeps of its plan for its jobs, and what a job looks for.

    Parameters
    ----------
    workflow
        The workflow, or a job of one.
    code
        Digest of the code of the plan.
    """
    return Answers(Path(".snakemake/anurans"), code, reads=not workflow.is_main_process)


def keep_plan(workflow: Any, plan: Any) -> None:
    """Keep the plan of a workflow that is about to submit its jobs, where they start elsewhere."""
    if workflow.is_main_process and not workflow.local_exec:
        try:
            plan.keep()
        except UserError as error:  # which jobs would meet too; without it they plan anew
            logger.warning(str(error))


def wake_for_ends_alone(scheduler: Any) -> None:
    """Let the scheduler look for jobs to start when one has ended, and at no other time.

    Snakemake's limit of 100 starts a second, which nobody asked for, wakes it again each second
    once more for every job that has ended while others wait (seen in 9.27): of 250 trainings on two
    cores it took 40 % of a core, and ever more. A limit that somebody gives stays.

    Parameters
    ----------
    scheduler
        Of a workflow that is about to start.
    """
    limiter = getattr(scheduler, "job_rate_limiter", None)
    if limiter and (limiter.max_jobs, limiter.timespan) == (100, 1):
        scheduler.job_rate_limiter = None


def stand_aside(workflow: Any) -> list:
    """Input of a job that only looks: it keeps quiet, and leaves the lock of another run."""
    logger.setLevel("WARNING")
    workflow.persistence.unlock = workflow.persistence.noop
    return []


def settings(workflow: Any) -> dict[str, Any]:
    """How Snakemake was called."""
    return {
        "config": workflow.config_settings,
        "dag": workflow.dag_settings,
        "deployment": workflow.deployment_settings,
        "workflow": workflow.workflow_settings,
        "cores": workflow.resource_settings.cores,
        "jobs": workflow.resource_settings.nodes,
        "storage": workflow.storage_settings,
        "storage_provider": workflow.storage_provider_settings,
    }
