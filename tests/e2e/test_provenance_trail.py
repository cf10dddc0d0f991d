"""From a row of the summary to its source: what results/provenance.json says makes it again."""

import hashlib
import json
import shlex
import subprocess
import sys

import pytest
from conftest import names, read

RUN = ("split", "backbone", "dataset", "recipe", "fold")


def traced(world):
    return json.loads((world / "results/provenance.json").read_text())


def test_every_row_has_a_source(built):
    rows = {tuple(row[key] for key in RUN) for row in read(built / "results/summary.csv")}
    assert rows == {tuple(run[key] for key in RUN) for run in traced(built)["runs"]}


def test_digests_are_those_of_the_files(built):
    found = traced(built)
    for run in found["runs"]:
        for path, digest in run["files"].items():
            assert hashlib.sha256((built / path).read_bytes()).hexdigest() == digest
        assert run["machine"]["cores"] > 0
        assert run["seconds"] > 0
        assert set(run["code"]) >= {"spectrogram", "embedding", "training", "evaluation"}
        assert run["versions"]["numpy"]
    assert sorted(found["recordings"]) == names()
    first = found["recordings"][names()[0]]
    assert hashlib.sha256((built / first["file"]).read_bytes()).hexdigest() == first["sha256"]
    assert found["config"]["project"] == "tiny"


@pytest.mark.slow
def test_its_command_makes_the_same_row_again(built, fresh):
    run = next(run for run in traced(built)["runs"] if run["dataset"] == "combined")
    program, *words = shlex.split(run["command"])
    assert program == "snakemake"
    done = subprocess.run(
        [sys.executable, "-m", program, *words], cwd=fresh, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    metrics = fresh / words[-1]
    again = {row["subset"]: row for row in read(metrics, "\t")}
    known = {
        row["subset"]: row
        for row in read(built / "results/summary.csv")
        if all(row[key] == run[key] for key in RUN)
    }
    assert len(known) == 3
    for subset, row in known.items():
        assert row.pop("experiments") == run["experiments"]
        again[subset].pop("experiments", None)
        assert again[subset] == row
    assert metrics.read_bytes() == (built / words[-1]).read_bytes()
    assert not (fresh / "results/summary.csv").exists()
