"""The README's commands hand a config on as it is called."""

import json
import subprocess

import pytest
from conftest import ROOT

# Stands for Snakemake, and writes down what it was called with.
RECORDER = """#!/usr/bin/env python3
import json, sys
with open({calls!r}, "a") as file:
    print(json.dumps(sys.argv[1:]), file=file)
"""


def calls(folder, *arguments):
    """Run make where Snakemake is a program that records its arguments; give these."""
    recorder, path = folder / "snakemake", folder / "calls"
    recorder.write_text(RECORDER.format(calls=str(path)))
    recorder.chmod(0o755)
    subprocess.run(
        ["make", "--old-file", "env", *arguments, f"BIN={folder}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("config", ["my.yaml", "my pond.yaml", 'Ana\'s pond; (new) "2".yaml'])
@pytest.mark.parametrize(
    ("target", "asked", "times"),
    [("summary", "results/summary.csv", 1), ("report", "all", 2), ("monitoring", "monitoring", 2)],
)
def test_a_config_may_have_any_name(tmp_path, target, asked, times, config):
    found = calls(tmp_path, target, f"CONFIG={config}")
    assert len(found) == times
    assert all(call[-4:] == ["--configfile", config, "--", asked] for call in found)


@pytest.mark.parametrize("target", ["summary", "report", "monitoring"])
def test_without_a_config_it_is_the_demos(tmp_path, target):
    assert not any("--configfile" in call for call in calls(tmp_path, target))
