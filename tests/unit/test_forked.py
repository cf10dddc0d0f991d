"""Runs of Snakemake in tests, and their jobs, are as a user's are, and forked where they can be."""

import csv
import os
import sys
from pathlib import Path

import forked
import pytest

RULES = """
rule all:
    log: "job.log"
    output: "out.csv"
    params: wanted={wanted!r}
    script: "job.py"
"""
JOB = """
import csv, os, sys
print("seen")
print("told", file=sys.stderr)
{more}
with open(snakemake.output[0], "w") as file:
    csv.writer(file).writerow([
        *(sys.argv[0], __name__, os.getcwd(), os.environ["OMP_NUM_THREADS"], os.getpid()),
        *(sys.path[0], snakemake.params.wanted),
        *(name in sys.modules for name in ("snakemake.cli", "scipy")),
    ])
"""


@pytest.fixture
def run(tmp_path):
    """Give a function that runs a rule of one job, whose script does something more."""

    def begin(more="", *arguments):
        (tmp_path / "Snakefile").write_text(RULES.format(wanted="señal"), encoding="utf-8")
        (tmp_path / "job.py").write_text(JOB.format(more=more), encoding="utf-8")
        return forked.snakemake(tmp_path, ["--cores", "1", *arguments])

    return begin


def row(folder):
    with (folder / "out.csv").open() as file:
        return next(csv.reader(file))


def test_what_libraries_set_is_not_the_users(monkeypatch):
    """TensorFlow and scikit-learn set variables as they are imported, by any test of a session."""
    monkeypatch.setenv("TF2_BEHAVIOR", "1")
    monkeypatch.setenv("KMP_INIT_AT_FORK", "FALSE")
    assert forked.environment() == forked.AT_IMPORT
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    assert forked.environment() != forked.AT_IMPORT


def test_a_job_is_forked_and_is_as_one_that_is_started(run, tmp_path):
    done = run()
    assert done.returncode == 0, done.stderr
    assert "seen" in done.stdout and "told" in done.stderr
    script, name, folder, threads, pid, first, wanted, *imported = row(tmp_path)
    assert script.endswith("job.py") and ".snakemake/scripts" in script
    assert (name, folder, threads, wanted) == ("__main__", str(tmp_path), "1", "señal")
    assert first == str(Path(script).parent) and int(pid) != os.getpid()
    assert imported == ["True", "True"]


def test_in_another_environment_run_and_job_are_started(run, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    done = run("assert hash('a') == hash('a') and os.environ['PYTHONHASHSEED'] == '1'")
    assert done.returncode == 0, done.stderr
    assert row(tmp_path)[-2:] == ["False", "False"]


@pytest.mark.parametrize(
    "how", ["sys.exit('no')", "sys.exit(3)", "1 / 0", "os.kill(os.getpid(), 9)", "os._exit(1)"]
)
def test_a_job_that_fails_stops_the_run(run, tmp_path, how):
    done = run(how)
    assert done.returncode == 1 and "Error in rule all" in done.stderr
    assert not (tmp_path / "out.csv").exists()
    assert ("ZeroDivisionError" in done.stderr) == (how == "1 / 0")


def test_what_is_done_at_the_end_of_a_job_is_done(run, tmp_path):
    more = """
import atexit, threading, time
atexit.register(lambda: open("ended", "w").close())
threading.Thread(target=lambda: (time.sleep(0.2), open("waited for", "w").close())).start()
"""
    assert run(more).returncode == 0
    assert (tmp_path / "ended").exists() and (tmp_path / "waited for").exists()


def test_arguments_and_mistakes_are_the_command_lines(run):
    assert "snakemake" in run("", "--help").stdout.lower()
    wrong = run("", "--no-such-option")
    assert wrong.returncode == 2 and "--no-such-option" in wrong.stderr
    assert sys.executable in forked.COMMAND
