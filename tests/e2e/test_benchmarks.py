"""make bench, in its quick form: it runs, and its table says what it should."""

import subprocess
import sys

import pytest
from conftest import ROOT


@pytest.mark.slow
def test_the_quick_benchmark_prints_its_table(tmp_path):
    before = (ROOT / "benchmarks/RESULTS.md").read_bytes()
    parts = ["images", "memory", "growth"]
    command = [sys.executable, "benchmarks/run.py", "--quick", "--folder", str(tmp_path)]
    done = subprocess.run(
        [*command, "--only", *parts], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")][2:]
    assert len(rows) == 4
    for row in rows:
        assert row.count(" | ") == 4 and row.endswith(("reached** |", "not judged** |"))
    assert "times real time" in done.stdout and "cores" in done.stdout
    # What is measured in a hurry is not written down.
    assert (ROOT / "benchmarks/RESULTS.md").read_bytes() == before
