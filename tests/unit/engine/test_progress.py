"""Lines about stages: known counts and times, and what stays as Snakemake writes it."""

import io
import logging
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from anurans.engine.progress import HANDLER, Progress, follow

NOUNS = {"draw": ("figure", "figures"), "gather": ("the table", None)}


class Clock:
    def __init__(self):
        self.time = 0.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


def test_a_stage_is_told_of_now_and_then_and_when_it_is_done(clock):
    progress = Progress(NOUNS, clock, every=15.0)
    progress.plan({"draw": 4, "gather": 1, "all": 1, "total": 6})
    told = []
    for job in range(4):
        progress.start(job, "draw")
        clock.time += 10
        progress.finish(job)
        told.append([*progress.lines()])
    assert told == [
        [],
        ["2 of 4 figures (draw), 6.0 a minute, about 20 seconds left"],
        [],
        ["4 figures (draw) done in about 40 seconds"],
    ]
    progress.start(9, "gather")
    progress.finish(9)
    assert [*progress.lines()] == ["the table (gather) done in a few seconds"]


def test_a_stage_that_waits_for_others_is_not_told_of_and_no_slower_for_it(clock):
    progress = Progress(NOUNS, clock, every=15.0)
    progress.plan({"draw": 4})
    told = []
    for job in range(3):
        progress.start(job, "draw")
        clock.time += 20
        progress.finish(job)
        told.append([*progress.lines()])
        # Others run for an hour: nothing is new of this stage.
        clock.time += 3600
        told.append([*progress.lines()])
    assert told == [
        ["1 of 4 figures (draw), 3.0 a minute, about 1 minute left"],
        [],
        ["2 of 4 figures (draw), 2.2 a minute, about 55 seconds left"],
        [],
        ["3 of 4 figures (draw), 2.0 a minute, about 30 seconds left"],
        [],
    ]


def test_jobs_that_nobody_has_a_name_for_are_not_told_of(clock):
    progress = Progress(NOUNS, clock, every=0.0)
    progress.plan({"all": 1})
    progress.start(1, "all")
    progress.finish(1)
    assert [*progress.lines()] == []


def following(executor="local", dryrun=False, **settings):
    """A logger with Snakemake's handler, followed, and what it writes to."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.name = HANDLER
    logger = logging.Logger("snakemake")
    logger.addHandler(handler)
    workflow = SimpleNamespace(
        is_main_process=True,
        dryrun=dryrun,
        executor_plugin=SimpleNamespace(name=executor),
        output_settings=SimpleNamespace(**({"verbose": False, "quiet": set()} | settings)),
    )
    follow(workflow, logger)
    return logger, stream


@pytest.fixture
def said():
    """Give a function that sends records through Snakemake's handler, and returns what is shown."""

    def showing(executor="local", dryrun=False, **settings):
        logger, stream = following(executor, dryrun, **settings)
        one = {"jobid": 7, "rule_name": "draw_count"}
        for message, extra in (
            ("Job stats", {"event": LogEvent.RUN_INFO, "stats": {"draw_count": 1, "total": 2}}),
            ("Select jobs to execute...", {}),
            ("Group job queues", {"event": LogEvent.GROUP_INFO}),
            ("rule draw_count: reason", {"event": LogEvent.JOB_INFO, **one}),
            ("a note", {}),
            ("Error in rule x", {"event": LogEvent.JOB_ERROR, **one}),
            ("Finished jobid: 7", {"event": LogEvent.JOB_FINISHED, "job_id": 7}),
            ("1 of 2 steps", {"event": LogEvent.PROGRESS, "done": 1, "total": 2}),
            ("2 of 2 steps", {"event": LogEvent.PROGRESS, "done": 2, "total": 2}),
        ):
            logger.info(message, extra=extra)
        return stream.getvalue().splitlines()

    return showing


@pytest.mark.parametrize("executor", ["local", "slurm"])
def test_paragraphs_about_jobs_become_lines_and_all_else_stays(said, executor):
    stats, note, error, line, last = said(executor)
    assert (stats, note, error, last) == ("Job stats", "a note", "Error in rule x", "2 of 2 steps")
    assert line.endswith("1 queue (draw_count) done in a few seconds; 1 of 2 steps")


@pytest.mark.parametrize(
    "given",
    [{"executor": "kubernetes"}, {"dryrun": True}, {"verbose": True}, {"quiet": {"rules"}}],
)
def test_elsewhere_nothing_changes(said, given):
    assert "Finished jobid: 7" in said(**given) and "rule draw_count: reason" in said(**given)


def test_on_slurm_the_table_that_ends_a_run_is_shown_from_its_log(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/summarize_runs.log").write_text("12:00:00 held out  birdnet  0.97\n")
    for executor, expected in (("slurm", 1), ("local", 0)):
        logger, stream = following(executor)
        job = {"jobid": 7, "rule_name": "summarize_runs"}
        logger.info("rule", extra={"event": LogEvent.JOB_INFO, **job})
        logger.info("Finished", extra={"event": LogEvent.JOB_FINISHED, "job_id": 7})
        assert stream.getvalue().count("held out  birdnet  0.97") == expected
