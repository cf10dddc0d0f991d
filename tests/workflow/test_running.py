"""What is asked of Snakemake's own inside, in real runs."""

import pytest
from conftest import snakemake

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
    assert f"limit of starts: {kept}" in done.stdout + done.stderr
