"""The configs that benchmarks write are configs of today."""

import os
import subprocess
import sys
from importlib import import_module

import pytest
from conftest import ROOT

from anurans.plan.config import load

MODULES = sorted(
    path.stem
    for path in (ROOT / "benchmarks").glob("*.py")
    if "\nCONFIG = {" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", MODULES)
def test_a_benchmark_gives_a_config_without_mistakes(module, tmp_path, monkeypatch):
    # A table of folds is looked up where the workflow runs.
    (tmp_path / "folds.csv").write_text("recording,fold\na,1\nb,2\nc,test\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    given = {"recordings": {"source": "recordings"}, "annotations": {"source": "annotations"}}
    configs = [getattr(import_module(module), name, None) for name in ("CONFIG", "SOUND")]
    for config in filter(None, configs):
        assert load(given | config)["species"]


def test_there_are_such_benchmarks():
    assert {"growth", "detection", "memory"} <= set(MODULES)


def test_no_benchmark_stands_in_front_of_a_library():
    # Numba, which librosa needs, looks for a module `coverage`, and took ours for it.
    done = subprocess.run(
        [sys.executable, "-c", "import numba, scipy.stats, sklearn"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "benchmarks")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
