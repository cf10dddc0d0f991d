"""What a user sees and does when a run is interrupted, or the machine cannot go on.

Random moments, and runs to the end, are in test_kills.py.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import refused, snakemake
from killing import Run, locked
from products import digests, partials

TARGET = "spectrograms"


@pytest.fixture
def start():
    """Start runs, of which nothing is left at the end of the test."""
    runs = []

    def started(*arguments):
        runs.append(Run(*arguments))
        return runs[-1]

    yield started
    for run in runs:
        run.end()


def assert_same(world, built):
    """All spectrograms are there, all is as in the world of the whole run, nothing is left over."""
    found, expected = digests(world), digests(built)
    assert found == {name: expected[name] for name in found}
    wanted = {name for name in expected if name.startswith("spectrograms/")}
    assert wanted and wanted <= set(found)
    assert not partials(world) and not locked(world)
    assert not list(world.glob("results/clips/**/*.h5"))


@pytest.mark.slow
@pytest.mark.fault(
    "Crashes",
    "the workflow is killed (kill -9, power cut, a node that goes down)",
    sees="remaining lock was likely caused by a kill signal or a power loss",
    kept="every finished file; run `snakemake --unlock`, then the same command",
)
def test_what_is_needed_after_each_signal(fresh, built, start, sees):
    run = start(fresh, TARGET)
    assert run.wait_for(run.writers)
    run.kill("interrupt")
    assert run.wait(90)
    # Ctrl-C: jobs clean up, and the same command goes on.
    assert not partials(fresh) and not locked(fresh)

    run = start(fresh, TARGET)
    assert run.wait_for(run.writers)
    os.kill(run.process.pid, signal.SIGTERM)
    assert run.wait(90)
    # SIGTERM: the jobs that run are finished.
    assert not partials(fresh) and not locked(fresh)
    assert "Shutting down, this might take some time" in run.text()

    run = start(fresh, TARGET)
    assert run.wait_for(run.jobs)
    run.kill("group")
    run.wait(90)
    assert locked(fresh)
    assert sees in refused(fresh, TARGET)
    snakemake(fresh, "--unlock")
    snakemake(fresh, TARGET)
    assert_same(fresh, built)


@pytest.mark.fault(
    "Crashes",
    "a job that the system kills, for example because memory runs out",
    sees="died with <Signals.SIGKILL: 9>",
    kept="all but the files of that job; run the same command to go on",
)
def test_a_killed_job_leaves_nothing_half_written(fresh, built, start, sees):
    run = start(fresh, TARGET)
    job = next(iter(run.wait_for(run.writers)))
    run.kill("job", job)
    assert run.wait(60)
    assert sees in run.text()
    assert not locked(fresh)
    # What it was writing lies there, hidden, until the job runs again.
    assert len(partials(fresh)) == 1
    snakemake(fresh, TARGET)
    assert_same(fresh, built)


@pytest.fixture
def small_disk(fresh, tmp_path):
    """The tiny world before any run on a disk of its own, with 3 MB to spare."""
    place = tmp_path / "disk"
    place.mkdir()
    size = 3 * 2**20 + sum(path.stat().st_size for path in fresh.rglob("*") if path.is_file())
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield Path(shutil.copytree(fresh, place / "world"))
    finally:
        subprocess.run(["umount", str(place)], check=True)


def remount(world, options):
    subprocess.run(["mount", "-o", f"remount,{options}", str(world.parent)], check=True)


@pytest.mark.slow
@pytest.mark.fault(
    "Crashes",
    "a full disk",
    sees="cannot be written: the disk is full; make room and run the same command again",
    kept="every finished file; no partial one is left; run the same command to go on",
)
def test_a_full_disk(small_disk, built, sees):
    message = refused(small_disk, TARGET)
    assert sees in message
    assert not partials(small_disk)
    found, expected = digests(small_disk), digests(built)
    whole = {name: digest for name, digest in found.items() if not name.endswith(".h5")}
    assert whole and whole == {name: expected[name] for name in whole}
    remount(small_disk, "size=100m")
    snakemake(small_disk, TARGET)
    assert_same(small_disk, built)


@pytest.mark.slow
@pytest.mark.fault(
    "Crashes",
    "a read-only folder",
    sees="Read-only file system",
    kept="everything; nothing runs; run the same command once the folder can be written",
)
def test_a_folder_that_can_only_be_read(small_disk, built, sees):
    """In Snakemake's own words, before it starts anything."""
    remount(small_disk, "ro")
    assert sees in refused(small_disk, TARGET)
    remount(small_disk, "rw,size=100m")
    results = small_disk / "results"
    results.mkdir()
    with read_only(results):
        assert sees in refused(small_disk, TARGET)
    assert not list(results.iterdir()) and not locked(small_disk)
    snakemake(small_disk, TARGET)
    assert_same(small_disk, built)


@contextlib.contextmanager
def read_only(folder):
    """Mount a folder on itself, only to be read."""
    subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
    try:
        options = "remount,bind,ro"
        subprocess.run(["mount", "-o", options, str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
