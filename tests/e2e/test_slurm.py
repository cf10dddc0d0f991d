"""The workflow on a Slurm of two nodes, as users run it: make test-slurm runs these alone."""

import os
import re
import subprocess
import sys
import time
from collections import Counter

import cluster
import pytest
import yaml
from conftest import CONFIG, snakemake, write_config
from killing import Run
from products import digests

from anurans.plan.kept_answers import FRESH

pytestmark = pytest.mark.slurm
# Of what a user would change: a cluster without accounting; and less waiting.
HERE = {
    "slurm-no-account": True,
    "slurm-status-command": "squeue",
    "slurm-init-seconds-before-status-checks": 2,
    "latency-wait": 10,
}
ON_SLURM = ("--workflow-profile", "profiles/slurm", "--cores", "1")


def change_profile(world, embeddings, resources=None):
    """Change the profile as users do; so many groups of embeddings in one job of Slurm."""
    path = world / "profiles/slurm/config.yaml"
    profile = yaml.safe_load(path.read_text()) | HERE
    if resources:
        profile["set-resources"] = resources
    profile["group-components"]["embeddings"] = embeddings
    path.write_text(yaml.safe_dump(profile))


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """Two idle nodes."""
    if why := cluster.missing():
        assert "CI" not in os.environ, why
        pytest.skip(why)
    nodes = cluster.Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        nodes.start()
        yield nodes
    finally:
        nodes.stop()


def running(slurm, what):
    """First job that runs something of this name."""
    return next((job for job in slurm.jobs("RUNNING") if what in job["what"]), None)


def states(slurm, what, since):
    """How the jobs of something ended, in order; of those after a job."""
    jobs = [job for job in slurm.jobs() if what in job["what"] and int(job["id"]) > since]
    return [job["state"] for job in sorted(jobs, key=lambda job: int(job["id"]))]


def last(slurm):
    """Number of the newest job."""
    return max((int(job["id"]) for job in slurm.jobs()), default=0)


def test_a_whole_run_through_all_that_happens_to_jobs(fresh, built, slurm):
    before = last(slurm)
    # Too little for the first attempt.
    change_profile(fresh, 2, {"export_backbone": {"mem_mb": "400 if attempt == 1 else 3000"}})
    # The world was copied just now, and no plan is kept of files that may change unseen.
    time.sleep(FRESH / 1e9)
    run = Run(fresh, *ON_SLURM, "results/summary.csv")
    try:
        # Cancelled while it runs.
        job = run.wait_for(lambda: running(slurm, "rule_images_"), 300)
        slurm.ask("scancel", job["id"])
        # On a node that fails, and comes back.
        job = run.wait_for(lambda: running(slurm, "rule_embeddings_"), 300)
        slurm.ask("scontrol", "update", f"nodename={job['node']}", "state=down", "reason=test")
        slurm.wait_for(lambda: slurm.states()[job["node"]] == "down")
        slurm.ask("scontrol", "update", f"nodename={job['node']}", "state=resume")
        assert run.wait(400) == 0, run.text()
    finally:
        run.end()
    export = [each for each in slurm.jobs() if "export_backbone" in each["what"]]
    export = sorted(
        (each for each in export if int(each["id"]) > before), key=lambda e: int(e["id"])
    )
    assert [each["memory"] for each in export] == ["400M", "3000M"]
    assert export[0]["state"] != "COMPLETED" and export[1]["state"] == "COMPLETED"
    images = states(slurm, "rule_images_", before)
    assert images.count("CANCELLED") == 1 and images[-1] == "COMPLETED"
    embeddings = states(slurm, "rule_embeddings_", before)
    assert "NODE_FAIL" in embeddings and embeddings.count("COMPLETED") == 4
    # 47 jobs go together, and three were submitted again: for memory, cancelled, on the node.
    assert last(slurm) - before < 20
    assert {job["node"] for job in slurm.jobs() if int(job["id"]) > before} == set(cluster.NODES)
    found, expected = digests(fresh), digests(built)
    assert found == {name: expected[name] for name in found}
    # The plan that jobs looked for, kept before the first was submitted.
    assert len(list((fresh / ".snakemake/anurans").glob("*.zip"))) == 1
    summary = "results/summary.csv"
    assert (fresh / summary).read_bytes() == (built / summary).read_bytes()


@pytest.mark.fault(
    "Crashes",
    "the workflow is killed while its jobs go on in Slurm",
    sees="jobs of an earlier run in this folder are still in Slurm",
    kept="what they finish; run `snakemake --unlock`, wait or `scancel`, then the same command",
)
def test_a_killed_workflow_does_no_job_twice(fresh, slurm, sees):
    snakemake(fresh, "spectrograms", "results/backbones/small/model.keras")
    before = last(slurm)
    change_profile(fresh, 2)
    wanted = (*ON_SLURM, "embeddings")
    run = Run(fresh, *wanted)
    run.wait_for(lambda: running(slurm, "rule_embeddings_"), 300)
    run.wait_for(lambda: len(states(slurm, "rule_embeddings_", before)) == 4)
    run.kill("workflow")
    run.end()

    def again(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "snakemake", *arguments],
            cwd=fresh,
            capture_output=True,
            text=True,
        )

    assert again("--unlock").returncode == 0
    refused = again(*wanted)
    assert refused.returncode != 0 and sees in refused.stderr
    assert "scancel" in refused.stderr and "Traceback" not in refused.stderr
    slurm.wait_for(lambda: not slurm.jobs("RUNNING", "PENDING"), 150)
    done = again(*wanted)
    assert done.returncode == 0, done.stdout + done.stderr
    what = Counter(job["what"] for job in slurm.jobs() if int(job["id"]) > before)
    assert sum(what.values()) == 4

    # The record of what nobody saw end is there too: a change is noticed.
    config = CONFIG | {"embedding": {"dtype": "float32"}}
    write_config(fresh, config)
    planned = snakemake(fresh, "--dry-run", "--quiet", "rules", "--", "embeddings")
    assert re.search(r"^embed_spectrograms +8$", planned.stdout + planned.stderr, re.M)
