"""Command lines that make a file again."""

import shlex
from pathlib import Path

from anurans.plan.commands import command


def test_the_projects_own_config_needs_no_option():
    assert command([], [], "results/a b.tsv") == "snakemake --cores 1 -- 'results/a b.tsv'"


def test_configs_and_settings_of_the_command_line_are_repeated(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here, there = tmp_path / "my config.yaml", Path("/elsewhere/x.yaml")
    words = shlex.split(command([here, there], ["seed=3", "project='a; b'"], "t"))
    assert words == [
        *("snakemake", "--cores", "1"),
        *("--configfile", "my config.yaml", "/elsewhere/x.yaml"),
        *("--config", "seed=3", "project='a; b'"),
        *("--", "t"),
    ]
