"""Recordings and results in an S3 bucket, served on this machine: make test-s3."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import buckets
import pytest
from buckets import STORED
from conftest import planned, read, refused, snakemake

pytestmark = pytest.mark.s3
ROOT = Path(__file__).parents[2]
# Where no other test has put results.
EMPTY = (*STORED[:-1], "s3://ponds/empty")
# Writes what Kubernetes would send to every pod of a run: an archive of the sources.
ARCHIVE = """
from pathlib import Path
from snakemake.api import SnakemakeApi
from snakemake.settings.types import DAGSettings, OutputSettings, ResourceSettings, StorageSettings

with SnakemakeApi(OutputSettings(dryrun=True)) as api:
    loaded = api.workflow(ResourceSettings(cores=1), snakefile=Path("Snakefile"))
    loaded.dag(DAGSettings(targets={"status"})).execute_workflow(executor="dryrun")
    loaded._workflow.write_source_archive(Path("sources.tar.xz"))
"""


@pytest.fixture(scope="module")
def server(unbuilt):
    with buckets.served(unbuilt / "recordings") as server:
        yield server


@pytest.fixture
def in_bucket(fresh, server, monkeypatch):
    """The tiny world before any run, its recordings in a bucket."""
    for name, value in buckets.environment(server.url).items():
        monkeypatch.setenv(name, value)
    return buckets.with_table(fresh)


def commit(folder):
    """Put all of a folder under version control."""
    identity = ("-c", "user.name=tests", "-c", "user.email=tests@localhost")
    for command in (("init", "-q"), ("add", "."), (*identity, "commit", "-qm", "all")):
        subprocess.run(["git", *command], cwd=folder, check=True)


def test_the_scores_are_those_of_a_local_run(in_bucket, server, unbuilt, tmp_path):
    beside = Path(shutil.copytree(unbuilt, tmp_path / "local"))
    snakemake(beside, "results/summary.csv")

    snakemake(in_bucket, *STORED, "--", "results/summary.csv")
    local = (beside / "results/summary.csv").read_bytes()
    assert server.read("project/results/summary.csv") == local
    keys = server.keys("project/")
    assert "project/results/recordings.csv" in keys
    assert "project/logs/summarize_runs.log" in keys
    # Temporary files are removed there; nothing but the plan's own lies here.
    assert not [key for key in keys if key.startswith("project/results/clips/") and ".h5" in key]
    assert not (in_bucket / "results").exists()
    assert not list((in_bucket / ".snakemake/storage").rglob("*.wav"))
    # Tables name recordings as the user does.
    table = in_bucket / "recordings-found.csv"
    table.write_bytes(server.read("project/results/recordings.csv"))
    found = read(table)
    assert [row["status"] for row in found] == ["ok"] * 6
    assert all(row["path"] == f"s3://ponds/recordings/{row['recording']}.wav" for row in found)

    assert planned(in_bucket, "results/summary.csv", options=STORED) == {}
    status = snakemake(in_bucket, *STORED, "--", "status").stdout
    assert "tables" in status and "training" not in status  # what the target all has more

    # A pod has what Kubernetes sends, the bucket, and nothing else.
    commit(in_bucket)
    subprocess.run([sys.executable, "-c", ARCHIVE], cwd=in_bucket, check=True, capture_output=True)
    pod = tmp_path / "pod"
    with tarfile.open(in_bucket / "sources.tar.xz") as archive:
        archive.extractall(pod, filter="data")
    label = "results/labels/original/0000.tsv"
    before = server.read(f"project/{label}")
    alone = ("--force", "--allowed-rules", "label_clips", "--shared-fs-usage", "none")
    snakemake(pod, *alone, *STORED, "--", label)
    assert server.read(f"project/{label}") == before

    # An annotation is corrected: what follows from it alone.
    name = next((in_bucket / "annotations").glob("*.txt"))
    name.write_text(name.read_text().replace("LOW_C", "HIGH_C", 1))
    jobs = planned(in_bucket, "results/summary.csv", options=STORED)
    assert jobs["label_clips"] == 1 and jobs["train_model"] >= 1
    assert not {"inspect_recordings", "cut_clips", "embed_spectrograms"} & set(jobs)


def test_recordings_in_a_bucket_and_results_here(in_bucket):
    snakemake(in_bucket, "results/recordings.csv")
    assert [row["status"] for row in read(in_bucket / "results/recordings.csv")] == ["ok"] * 6
    assert "Clips: 24 original" in snakemake(in_bucket, "runs").stdout.replace(",", "")


def test_jobs_of_kubernetes_run_in_pods(in_bucket):
    """Not one of them waits for a file of this machine, which would keep it here."""
    profile = ("--workflow-profile", "profiles/kubernetes", *EMPTY[-2:])
    targets = ("results/summary.csv", "results/figures/copies-time_mask.svg")
    done = snakemake(in_bucket, *profile, "-n", "--", *targets)
    shown = done.stdout + done.stderr
    assert "rule train_model:" in shown and "rule inspect_recordings:" in shown
    kept = {line.split()[1] for line in shown.splitlines() if line.startswith("localrule ")}
    assert not kept


@pytest.mark.fault(
    *("Object storage", "no key is set"),
    sees="s3://ponds: no key was found",
    kept="everything; nothing starts",
)
def test_no_key(in_bucket, monkeypatch, sees):
    monkeypatch.delenv("SNAKEMAKE_STORAGE_S3_ACCESS_KEY")
    monkeypatch.delenv("SNAKEMAKE_STORAGE_S3_SECRET_KEY")
    told(in_bucket, sees, "set SNAKEMAKE_STORAGE_S3_ACCESS_KEY")


@pytest.mark.fault(
    *("Object storage", "a wrong key"),
    sees="s3://ponds: access is refused (An error occurred (403)",
    kept="everything; nothing starts",
)
def test_a_wrong_key(in_bucket, server, sees):
    with server.refusing():
        told(in_bucket, sees, "check the key in SNAKEMAKE_STORAGE_S3_ACCESS_KEY")


@pytest.mark.fault(
    *("Object storage", "a bucket of recordings that does not exist"),
    sees="s3://pods: there is no such bucket, or it cannot be seen with this key",
    kept="everything; nothing starts",
)
def test_no_bucket(fresh, server, monkeypatch, sees):
    for name, value in buckets.environment(server.url).items():
        monkeypatch.setenv(name, value)
    told(buckets.with_table(fresh, "s3://pods/recordings"), sees)


@pytest.mark.fault(
    *("Object storage", "a server that does not exist"),
    sees="s3://ponds: cannot be reached (Could not connect to the endpoint URL",
    kept="everything; nothing starts",
)
def test_no_server(in_bucket, monkeypatch, sees):
    monkeypatch.setenv("SNAKEMAKE_STORAGE_S3_ENDPOINT_URL", "http://127.0.0.1:9")
    told(in_bucket, sees, "check SNAKEMAKE_STORAGE_S3_ENDPOINT_URL")


@pytest.mark.fault(
    *("Object storage", "a recording of the table that is not in its bucket"),
    sees="Missing input files for rule inspect_recordings",
    kept="everything; nothing starts",
)
def test_a_recording_that_is_not_there(in_bucket, sees):
    table = in_bucket / "recordings.csv"
    table.write_text(table.read_text().replace("220000.wav", "230000.wav"))
    text = refused(in_bucket, *EMPTY, "-n", "--", "results/recordings.csv")
    assert sees in text
    assert "s3://ponds/recordings/TINY_20210115_230000.wav" in text


@pytest.mark.fault(
    *("Object storage", "an address of a kind that no plugin fetches"),
    sees="pip install snakemake-storage-plugin-ftps",
    kept="everything; nothing starts",
)
def test_no_plugin(in_bucket, sees):
    table = in_bucket / "recordings.csv"
    table.write_text(table.read_text().replace("s3://", "ftps://"))
    told(in_bucket, sees)


def told(world, *parts):
    """One message, without what Snakemake would add."""
    text = refused(world, *EMPTY, "-n", "--", "results/recordings.csv")
    assert all(part in text for part in parts), text
    assert "Exception" not in text and "Traceback" not in text
