"""What is asked of Snakemake's own inside, in real runs."""

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
