"""What is asked of Snakemake's own inside, in real runs."""

import json
import subprocess
import sys

import pytest
from conftest import CONFIG, snakemake, write_config

from anurans.sounds.shards import open_shard

# Runs the workflow as its users do, and tells what its scheduler had in the end.
WRAPPER = """include: "workflow/Snakefile"

onsuccess:
    print("limit of starts:", workflow.scheduler.job_rate_limiter and "kept")
"""


@pytest.mark.parametrize(
    ("given", "kept"), [((), "None"), (("--max-jobs-per-timespan", "7/1s"), "kept")]
)
def test_only_a_limit_of_starts_that_somebody_gives_stays(fresh, given, kept):
    (fresh / "Snakefile").write_text(WRAPPER)
    done = snakemake(fresh, *given, "--", "results/recordings/0000.tsv")
    told = done.stdout + done.stderr
    assert f"limit of starts: {kept}" in told
    # A line a stage on the terminal, and all that Snakemake says of each job in its log.
    assert (
        "1 inspection of recordings (inspect_recordings) done in" in told and "reason:" not in told
    )
    (log,) = (fresh / ".snakemake/log").glob("*.log")
    assert "reason:" in log.read_text() and "rule inspect_recordings:" in log.read_text()


@pytest.mark.parametrize(("spectrogram", "hop_length"), [({"hop_length": 494}, 494), ({}, 98)])
def test_a_stretched_image_is_told_once_and_none_where_columns_fit(fresh, spectrogram, hop_length):
    write_config(fresh, CONFIG | {"clips": {"length": 1.0}, "spectrogram": spectrogram})
    shard = "results/spectrograms/original/0000.h5"
    done = snakemake(fresh, "--", shard)
    told = (done.stdout + done.stderr).count("stretched to the 224 of an image")
    assert told == (hop_length == 494)
    with open_shard(fresh / shard) as images:
        assert images.metadata["spectrogram"]["hop_length"] == hop_length


# Keeps the plan where jobs start, as a workflow does that submits them.
KEEPING = """include: "workflow/Snakefile"

onstart:
    print("kept:", PLAN.keep())
"""
# Starts a job as executors of clusters do, and tells which annotations it opened.
JOB = """
import json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from snakemake.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    assert not ended.code, ended.code
print(json.dumps([name for name in opened if name.startswith("annotations/")]))
"""


def start_job(world, rule, **wildcards):
    """Start a job as a cluster does; give the annotations that its Snakemake opened."""
    target = f"{rule}:{','.join(f'{name}={value}' for name, value in wildcards.items())}"
    command = [sys.executable, "-c", JOB, "--mode", "remote", "--cores", "1", "--nolock", "--force"]
    command += ["--target-files-omit-workdir-adjustment", "--ignore-incomplete"]
    command += ["--allowed-rules", rule, "--target-jobs", target]
    done = subprocess.run(command, cwd=world, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_job_of_a_cluster_uses_the_plan_that_is_kept_unless_something_changed(fresh):
    (fresh / "Snakefile").write_text(KEEPING)
    table = fresh / "results/labels/original/0000.tsv"
    snakemake(fresh, "--", "results/recordings.csv")
    done = snakemake(fresh, "--", "results/labels/original/0000.tsv")
    assert "kept: True" in done.stdout + done.stderr
    made = table.read_bytes()
    job = {"rule": "label_clips", "technique": "original", "shard": "0000"}
    # Its script opens those of its shard, in a process of its own.
    assert start_job(fresh, **job) == []
    assert table.read_bytes() == made
    for path in fresh.glob("annotations/*.txt"):
        path.write_text(path.read_text() + "0.0\t9.5\tHIGH\n")
    assert start_job(fresh, **job)
    assert table.read_bytes() != made
