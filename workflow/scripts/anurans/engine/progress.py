"""What people see of a run, here or on Slurm: a line a stage, with what is done, and what is left.

Snakemake writes a paragraph for each job, with all its files and reasons, of which a run of
hundreds is unreadable. All of that stays in its log file, `.snakemake/log`, and everywhere with
`--verbose`, `--quiet` or another executor. On Slurm a stage begins when its first job is submitted.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.common import LogEvent

from anurans.common.rule_facts import RULES
from anurans.common.wording import round_time

# Seconds between two lines about a stage that is not done.
EVERY = 15.0
# What Snakemake calls what it writes to the terminal.
HANDLER = "DefaultStreamHandler"
PLUGINS = ("local", "slurm")
# Jobs that print a table for people; on Slurm nobody sees it but in their logs.
TABLES = ("summarize_runs", "write_monitoring")


@dataclass(slots=True)
class Stage:
    """Jobs of one rule: how many there are, run and were, and when they began and were told of.

    `ended` is when the last one ended. `waited` are seconds since the first began in which
    none ran, as where all that were left waited for other stages.
    """

    jobs: int
    done: int = 0
    running: int = 0
    began: float | None = None
    ended: float = 0.0
    waited: float = 0.0
    told: float = 0.0
    told_done: int = 0


class Progress:
    """Counts jobs by rule, and says now and then how far each stage is.

    Parameters
    ----------
    nouns
        What people call the jobs of each rule, one and many; others are not told of.
    now
        A clock, in s.
    every
        Seconds between two lines about a stage.

    Examples
    --------
    >>> clock = iter([0.0, 30.0, 30.0])
    >>> progress = Progress({"draw": ("figure", "figures")}, lambda: next(clock))
    >>> progress.plan({"draw": 3})
    >>> progress.start(1, "draw")
    >>> progress.finish(1), [*progress.lines()]
    ('draw', ['1 of 3 figures (draw), 2.0 a minute, about 1 minute left'])
    """

    def __init__(
        self,
        nouns: Mapping[str, tuple[str, str | None]],
        now: Callable[[], float] = time.monotonic,
        every: float = EVERY,
    ) -> None:
        self._nouns, self._now, self._every = nouns, now, every
        self._stages: dict[str, Stage] = {}
        self._rule_of: dict[int, str] = {}

    def plan(self, counts: Mapping[str, int]) -> None:
        """Take down how many jobs of each rule there will be."""
        self._stages = {rule: Stage(n) for rule, n in counts.items() if rule in self._nouns}

    def start(self, job: int, rule: str) -> None:
        """Take down that a job begins."""
        self._rule_of[job] = rule
        stage = self._stages.get(rule)
        if stage is None:
            return
        now = self._now()
        if stage.began is None:
            stage.began = stage.told = now
        elif not stage.running:
            # A short break is part of the work, as where jobs of two stages take turns.
            stage.waited += max(0.0, now - stage.ended - self._every)
        stage.running += 1

    def finish(self, job: int) -> str:
        """Take down that a job has ended well, and give its rule."""
        rule = self._rule_of.pop(job, "")
        stage = self._stages.get(rule)
        if stage is not None:
            stage.done += 1
            stage.running -= 1
            stage.ended = self._now()
            stage.jobs = max(stage.jobs, stage.done)
        return rule

    def lines(self) -> Iterator[str]:
        """A line for each stage that is done, or has gone on and was not told of for a while."""
        for rule, stage in [*self._stages.items()]:
            if stage.began is None or not stage.done:
                continue
            now = self._now()
            if stage.done == stage.jobs:
                del self._stages[rule]
                yield _done(rule, self._nouns[rule], stage.jobs, now - stage.began)
            elif stage.done > stage.told_done and now - stage.told >= self._every:
                stage.told, stage.told_done = now, stage.done
                yield _going_on(rule, self._nouns[rule], stage, now - stage.began - stage.waited)


class StageLines(logging.Filter):
    """Lets lines about stages through to the terminal, in place of paragraphs about jobs."""

    def __init__(self, workflow: Any, handler: logging.StreamHandler) -> None:
        super().__init__()
        self._workflow, self._handler = workflow, handler
        nouns = {rule: facts.noun for rule, facts in RULES.items()}
        self._progress = Progress(nouns)

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is shown as it is; write lines of our own where it is not."""
        event = getattr(record, "event", None)
        told: Any = record
        if event == LogEvent.RUN_INFO:
            self._progress.plan(told.stats)
            return True
        if not self._is_ours():
            return True
        match event:
            case LogEvent.JOB_INFO:
                self._progress.start(told.jobid, told.rule_name)
            case LogEvent.JOB_FINISHED:
                rule = self._progress.finish(told.job_id)
                if rule in TABLES and self._workflow.executor_plugin.name == "slurm":
                    self._write(_log_of(rule))
            case LogEvent.PROGRESS:
                for line in self._progress.lines():
                    self._write(f"{line}; {told.done} of {told.total} steps")
                return told.done == told.total
            case LogEvent.JOB_STARTED | LogEvent.GROUP_INFO:
                pass
            case _:
                return not record.getMessage().startswith("Select jobs to execute")
        return False

    def _is_ours(self) -> bool:
        """Whether the jobs of this run are done for real, where their ends are told one by one."""
        plugin = getattr(self._workflow, "executor_plugin", None)
        return plugin is not None and plugin.name in PLUGINS and not self._workflow.dryrun

    def _write(self, line: str) -> None:
        self._handler.acquire()
        try:
            self._handler.stream.write(f"[{datetime.now():%H:%M:%S}] {line}\n")
            self._handler.flush()
        finally:
            self._handler.release()


def follow(workflow: Any, logger: logging.Logger) -> None:
    """Show stages in place of jobs on the terminal; nothing changes where somebody asked for more.

    Parameters
    ----------
    workflow
        That is read.
    logger
        Snakemake's.
    """
    settings = workflow.output_settings
    if not workflow.is_main_process or settings.verbose or settings.quiet:
        return
    for handler in logger.handlers:
        if handler.name == HANDLER and isinstance(handler, logging.StreamHandler):
            handler.addFilter(StageLines(workflow, handler))


def _log_of(rule: str) -> str:
    path = Path("logs", f"{rule}.log")
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    return f"{path}:\n{text}"


def _done(rule: str, noun: tuple[str, str | None], jobs: int, seconds: float) -> str:
    one, many = noun
    what = one if many is None or jobs == 1 else many
    number = "" if many is None else f"{jobs} "
    return f"{number}{what} ({rule}) done in {round_time(seconds)}"


def _going_on(rule: str, noun: tuple[str, str | None], stage: Stage, seconds: float) -> str:
    rate = stage.done / max(seconds, 1e-9)
    left = (stage.jobs - stage.done) / rate
    minute = 60 * rate
    told = f"{minute:.1f}" if minute < 10 else f"{minute:.0f}"
    return (
        f"{stage.done} of {stage.jobs} {noun[1] or noun[0]} ({rule}), {told} a minute, "
        f"{round_time(left)} left"
    )
