"""What a job does around its work: log, time and memory taken, errors as sentences."""

import re
import subprocess
import sys

import pytest
from conftest import ROOT

from anurans.common import jobs

JOB = """
import resource, sys
from types import SimpleNamespace
import numpy as np
from anurans.common.errors import UserError
from anurans.common.jobs import peak_memory, run

def main(input, output, params):
{work}

run(main, SimpleNamespace(
    rule="cut_clips", input=[], output=[], params=[], log=["logs/job.log"],
    resources=SimpleNamespace(mem_mb=500),
))
"""


def job(folder, work):
    """Run a job as a process; give it and its log."""
    done = subprocess.run(
        [sys.executable, "-c", JOB.format(work=work)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT / "workflow/scripts")},
        capture_output=True,
        text=True,
    )
    return done, (folder / "logs/job.log").read_text()


def test_a_job_tells_its_time_and_its_peak(tmp_path):
    work = "    np.ones(25 * 2**20)\n    print('noise', file=sys.stderr)"
    done, log = job(tmp_path, work)
    assert (done.returncode, done.stderr) == (0, "")
    assert "noise" in log
    (peak,) = re.findall(r"done in \d+\.\d s, (\d+) MB at the peak", log)
    # 200 MB of ones, and Python with NumPy and what it imports.
    assert 220 < int(peak) < 300


def test_the_peak_is_not_that_of_the_process_that_started_the_job(tmp_path):
    held = bytearray(400 * 2**20)
    held[::4096] = b"x" * len(held[::4096])
    _, log = job(tmp_path, "    pass")
    (peak,) = re.findall(r"(\d+) MB at the peak", log)
    assert int(peak) < 100


def test_a_kernel_that_tells_no_peak_is_asked_otherwise(tmp_path, monkeypatch):
    status = tmp_path / "status"
    status.write_text("Name:\tpython\nVmSize:\t  1000 kB\n")
    monkeypatch.setattr(jobs, "Path", lambda path: status)
    assert jobs.peak_memory() > 20


def test_a_mistake_of_the_user_is_a_sentence(tmp_path):
    done, log = job(tmp_path, "    raise UserError('a.wav: is no recording.')")
    assert done.returncode == 1
    assert done.stderr == "\nanurans: cut_clips: a.wav: is no recording.\n\n"
    assert "error: a.wav: is no recording." in log and "Traceback" not in log


@pytest.mark.fault(
    "Crashes",
    "memory runs out in a job (`ulimit`, a limit of a cluster)",
    sees="there is not enough memory for this job",
    kept="all but the files of that job; run the same command to go on",
)
def test_memory_that_is_not_there_is_told_in_a_sentence(tmp_path, sees):
    limit = "    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))"
    done, log = job(tmp_path, f"{limit}\n    np.ones(2**28)")
    assert done.returncode == 1
    assert f"cut_clips: {sees} (Unable to allocate 2.00 GiB" in done.stderr
    assert "declared to need 500 MB (mem_mb). Run fewer jobs at a time" in done.stderr
    assert "Traceback" not in done.stderr + log


def test_other_errors_leave_their_traceback_in_the_log(tmp_path):
    done, log = job(tmp_path, "    raise ValueError('odd')")
    assert done.returncode == 1
    assert "ValueError: odd" in log
