"""Runs killed at random moments go on, and end with the bytes of a run that nobody disturbed."""

import shutil
import time
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from conftest import planned, snakemake
from killing import Run, locked
from products import digests, partials

from anurans.sounds.shards import open_shard

TARGETS = ("results/summary.csv", "tables")
WHO = ("job", "workflow", "group", "interrupt")


@pytest.mark.slow
@pytest.mark.fault(
    "Crashes",
    "kill -9 or Ctrl-C at random moments, of a job, the workflow, or both",
    kept="every finished file; the results are byte for byte those of an undisturbed run",
)
def test_killed_again_and_again_until_it_is_done(built, unbuilt, tmp_path, request):
    """Every second time while a file is being written. More with `--kills N --kills-seed S`."""
    wanted = request.config.getoption("--kills")
    rng = np.random.default_rng(request.config.getoption("--kills-seed"))
    expected, count, worlds, began = digests(built), Counter(), 0, time.monotonic()
    while count.total() < wanted:
        worlds += 1
        world = Path(shutil.copytree(unbuilt, tmp_path / f"world-{worlds}"))
        runs = []
        try:
            go_on(world, rng, count, wanted, expected, runs)
        finally:
            for run in runs:
                run.end()
        found = digests(world)
        assert found == {name: expected[name] for name in found}
        assert {"summary.csv", "tables/models.csv"} < set(found)
        assert any(name.endswith("head.keras") for name in found)
        assert not partials(world) and not locked(world)
        assert not list(world.glob("results/clips/**/*.h5"))
        assert not [path for path in world.glob(".snakemake/incomplete/**/*") if path.is_file()]
        assert planned(world, *TARGETS) == {}
        shutil.rmtree(world)
    print(f"{dict(count)}, {worlds} worlds, {time.monotonic() - began:.0f} s")


def go_on(world, rng, count, wanted, expected, runs):
    """Run until all is done, killed at random moments until there were enough kills."""
    # The longer nothing was finished between kills, the longer the next one waits: a slow machine
    # would not come beyond its first training.
    finished, patience = 0, 1
    while True:
        run = Run(world, *TARGETS)
        runs.append(run)
        if count.total() >= wanted:
            assert run.wait() == 0, run.text()
            return
        run.wait_for(run.jobs)
        writer = None
        if count.total() % 2:
            for _ in range(rng.integers(1, 8)):
                before = set(run.writers().values())
                run.wait_for(partial(begun, run, before), seconds=4 * patience)
            writer = next((pid for pid in run.writers() if pid in run.jobs()), None)
        else:
            run.wait_for(lambda: False, seconds=rng.uniform(0, 6 * patience))
        if run.ended:
            assert run.wait() == 0, run.text()
            return
        who = WHO[count.total() // 2 % len(WHO)]
        if who == "job" and not run.wait_for(run.jobs):
            continue
        run.kill(who, writer)
        if run.wait() == 0:
            # The job had just ended: nobody was killed.
            return
        count[who] += 1
        check(world, expected)
        assert locked(world) == (who in ("workflow", "group")), f"{who}: {run.text()}"
        if locked(world):
            snakemake(world, "--unlock")
        before, finished = finished, len(digests(world))
        patience = patience + 1 if finished <= before else 1


def begun(run, before):
    """Files that are being written, and were not before."""
    return set(run.writers().values()) - before


def check(world, expected):
    """Whatever stands under its name is whole."""
    for name, digest in digests(world).items():
        path = world / "results" / name
        if name in expected:
            assert digest == expected[name], name
        else:
            # The audio of clips, which the undisturbed run has removed in the end.
            assert name.startswith("clips/")
            with open_shard(path) as shard:
                assert len(shard.data[:]) == len(shard.clips)
