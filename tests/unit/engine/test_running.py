"""What is asked of Snakemake's inside is there, and does what it is for."""

import inspect
import json
import re
import subprocess
import sys
import tomllib

import pytest
from conftest import ROOT
from snakemake.persistence import PersistenceBase
from snakemake.scheduling.job_scheduler import JobScheduler

# Asks `running` for all that needs a workflow, and for records of jobs where it is told so.
SNAKEFILE = """import sys
sys.path.insert(0, {library!r})
from anurans.engine import running

running.collect_rarely()
if config.get("keep"):
    running.keep_records()
assert workflow.remote_exec
print("settings:", sorted(running.settings(workflow)))

rule made:
    output: "made.txt"
    params: x=17
    shell: "touch {{output}}"
"""


def test_the_oldest_snakemake_that_is_let_in_is_the_one_that_is_tested():
    locked = re.search(r"^snakemake==(\S+)$", (ROOT / "requirements.lock").read_text(), re.M)[1]
    contents = (ROOT / "workflow/Snakefile").read_text()
    assert re.findall(r'^min_version\("(.+)"\)$', contents, re.M) == [locked]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"snakemake>={locked}" in project["dependencies"]


def test_what_is_replaced_in_snakemake_is_there():
    finished = PersistenceBase.finished
    assert inspect.iscoroutinefunction(finished)
    assert list(inspect.signature(finished).parameters) == ["self", "job"]
    # The switch that keeps jobs on a cluster from writing records.
    assert "self.dag.workflow.exec_mode == ExecMode.DEFAULT" in inspect.getsource(finished)
    assert callable(PersistenceBase.unlock) and callable(PersistenceBase.noop)
    assert "self.job_rate_limiter = (" in inspect.getsource(JobScheduler.__init__)


@pytest.mark.parametrize("keep", [False, True])
def test_a_job_on_a_cluster_writes_records_where_it_is_let(tmp_path, keep):
    library = str(ROOT / "workflow/scripts")
    (tmp_path / "Snakefile").write_text(SNAKEFILE.format(library=library))
    # As an executor of a cluster starts a job.
    command = ["--mode", "remote", "--target-jobs", "made:", "--allowed-rules", "made", "--nolock"]
    given = ["--config", "keep=1"] if keep else []
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", *command, *given, "--", "made.txt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "settings: ['config', 'cores', 'dag'" in done.stdout
    records = [p for p in (tmp_path / ".snakemake/metadata").rglob("*") if p.is_file()]
    # Without, Snakemake writes none: once it does, there is nothing left to replace.
    assert [json.loads(path.read_text())["params"] for path in records] == [["17"]] * keep
