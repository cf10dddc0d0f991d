"""The tiny world that every test of the workflow shares: built once, copied for each."""

import compileall
import csv
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import faults

# As in jobs: threads of a BLAS that wait for each other take more time than they save.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# As at a user's: what Python compiles is kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import forked
import numpy as np
import pytest
import soundfile as sf
import yaml

ROOT = Path(__file__).parents[1]
PARTS = ("Snakefile", "rules", "workflow", "envs", "profiles")
SR, SECONDS = 22050, 20
# Loud enough tones for a random network: one species low, one high.
TONES = {"LOW": 800.0, "HIGH": 4000.0}
CALLS = [
    {"LOW": [(1.0, 4.0), (11.0, 14.5)], "HIGH": [(6.0, 9.0)]},
    {"LOW": [(6.0, 9.5)], "HIGH": [(0.5, 4.5), (11.0, 13.0)]},
    {"LOW": [(0.2, 4.8), (15.5, 19.0)], "HIGH": [(15.2, 19.8)]},
    {"LOW": [(5.5, 9.5)], "HIGH": [(10.5, 14.0), (16.0, 19.0)]},
    {"LOW": [(2.0, 4.5), (10.5, 14.5)], "HIGH": [(0.3, 3.0)]},
    {"LOW": [(16.0, 19.5)], "HIGH": [(6.0, 9.5), (11.0, 14.0)]},
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FOLDS = ["1", "1", "2", "2", "test", "test"]
CONFIG = {
    "project": "tiny",
    "recordings": {"source": "recordings"},
    "annotations": {"source": "annotations"},
    "species": {"LOW": "low tone", "HIGH": "high tone"},
    "augmentation": {
        "time_stretch": {"rates": [0.8]},
        "time_mask": {"masks": 1, "width": [0.2, 0.2]},
        "frequency_mask": {"placement": "sweep", "copies": 3},
    },
    "datasets": {
        "original": ["original"],
        "combined": ["original", "time_stretch", "time_mask", "frequency_mask"],
    },
    "splits": {
        "given": {"by": "file", "file": "folds.csv", "folds": 2, "validation": 0.5, "salt": "10"},
        "clip": {"by": "clip", "test": 0.3, "folds": 0, "validation": 0.3, "salt": "55"},
    },
    "backbones": {
        "small": {
            "architecture": "MobileNet",
            "alpha": 0.25,
            "weights": "random",
            "pooling": "time",
        }
    },
    "recipes": {
        "linear": {"solver": "adam", "learning_rate": 0.01, "epochs": 20, "early_stopping": None},
        "logistic": {"C": [0.001, 0.01, 0.1]},
    },
    "experiments": {
        "datasets": {"splits": ["given"], "recipes": ["linear"]},
        "optimism": {"datasets": ["original"], "recipes": ["linear"]},
        "heads": {"splits": ["given"], "recipes": ["logistic"]},
    },
    "evaluation": {"resamples": 100},
    "shards": 2,
}


def names() -> list[str]:
    """Ids of the recordings of the tiny world: two nights."""
    return [f"TINY_202101{15 + i // 3}_{20 + i % 3:02d}0000" for i in range(len(CALLS))]


def make_recording(path: Path, calls: dict, seed: int) -> None:
    """Write a recording of noise with a tone in every call."""
    rng = np.random.default_rng(seed)
    time = np.arange(SR * SECONDS) / SR
    sound = rng.normal(0, 0.01, len(time))
    for species, intervals in calls.items():
        for start, end in intervals:
            during = (time >= start) & (time < end)
            sound[during] += 0.3 * np.sin(2 * np.pi * TONES[species] * time[during])
    sf.write(path, sound, SR, subtype="PCM_16")


def write_config(folder: Path, config: dict) -> None:
    """Write the config of a world."""
    text = yaml.safe_dump(config, sort_keys=False)
    (folder / "config/config.yaml").write_text(text, encoding="utf-8")


def read_config(folder: Path) -> dict:
    """Read the config of a world."""
    return yaml.safe_load((folder / "config/config.yaml").read_text(encoding="utf-8"))


def add_new(folder: Path, recordings: dict[str, tuple[int, int]]) -> None:
    """Add new recordings to a world: each with a set of calls, by its number, and a seed."""
    (folder / "new").mkdir()
    for name, (calls, seed) in recordings.items():
        make_recording(folder / f"new/{name}.wav", CALLS[calls], seed)


def make_world(folder: Path) -> Path:
    """Make the tiny world in `folder`, not yet run."""
    for part in PARTS:
        source = ROOT / part
        ignore = shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=ignore)
        else:
            shutil.copy2(source, folder / part)
    for name in ("recordings", "annotations", "config"):
        (folder / name).mkdir()
    for i, (name, calls) in enumerate(zip(names(), CALLS, strict=True)):
        make_recording(folder / f"recordings/{name}.wav", calls, seed=i)
        lines = [
            f"{start:.6f}\t{end:.6f}\t{species}_C\n"
            for species, intervals in calls.items()
            for start, end in intervals
        ]
        (folder / f"annotations/{name}.txt").write_text("".join(lines), encoding="utf-8")
    rows = ["recording,fold", *map(",".join, zip(names(), FOLDS, strict=True))]
    (folder / "folds.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    write_config(folder, CONFIG)
    return folder


def read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """Read a table of results as rows."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def refused(folder: Path, *arguments: str) -> str:
    """Run snakemake, expect it to fail, and give what it printed."""
    done = snakemake(folder, *(arguments or ("results/summary.csv",)), check=False)
    assert done.returncode != 0
    return done.stdout + done.stderr


def snakemake(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
    """Run snakemake in a world as a user would."""
    done = forked.snakemake(folder, ["--cores", "2", *arguments])
    if check and done.returncode:
        raise AssertionError(f"snakemake ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def planned(folder: Path, *arguments: str, options: tuple[str, ...] = ()) -> dict[str, int]:
    """Count the jobs of each rule that a run would start."""
    quiet = ("-n", "--quiet", "rules")
    done = snakemake(folder, *options, *quiet, "--", *(arguments or ("all",)))
    counts = {}
    for line in (done.stdout + done.stderr).splitlines():
        words = line.split()
        if len(words) == 2 and words[1].isdigit() and words[0] not in ("total", "all"):
            counts[words[0]] = int(words[1])
    return counts


def pytest_addoption(parser):
    parser.addoption("--write-docs", action="store_true", help="write measured tables into docs/")
    parser.addoption("--kills", type=int, default=8, help="how often test_kills.py kills a run")
    parser.addoption("--kills-seed", type=int, default=7, help="of when and whom it kills")
    parser.addoption("--docs", type=Path, default=ROOT / "docs", help="where that is")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Check the markers of faults; write their table when all tests are only collected."""
    found = [item for item in items if faults.fault_of(item)]
    if config.option.collectonly and config.getoption("--write-docs"):
        if config.args_source is config.ArgsSource.ARGS:
            raise pytest.UsageError(f"{faults.FILE} is of all tests: name none of them")
        faults.write(config.getoption("--docs"), found)


@pytest.fixture
def sees(request) -> str:
    """What the marker of a fault says that the user sees; to be asserted by the test."""
    return request.node.get_closest_marker("fault").kwargs["sees"]


def once(factory, name: str, make) -> Path:
    """Make a folder, unless another process of the same session has made it, or does now."""
    base = factory.getbasetemp()
    # Processes of pytest-xdist have a folder each, beside one another.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder.parent / f"{folder.name}.done"
    with (folder.parent / f"{folder.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def unbuilt(tmp_path_factory) -> Path:
    """The tiny world before any run; not to be changed.

    What Python keeps of the library is there, once for all copies.
    """

    def make(folder):
        folder.mkdir()
        make_world(folder)
        compileall.compile_dir(folder / "workflow/scripts", quiet=1)
        snakemake(folder, "-n")
        shutil.rmtree(folder / ".snakemake")

    return once(tmp_path_factory, "unbuilt", make)


@pytest.fixture(scope="session")
def built(unbuilt, tmp_path_factory) -> Path:
    """The tiny world after a whole run; not to be changed."""

    def make(folder):
        shutil.copytree(unbuilt, folder)
        done = snakemake(folder)
        (folder / "console.txt").write_text(done.stdout + done.stderr, encoding="utf-8")

    return once(tmp_path_factory, "built/world", make)


@pytest.fixture(scope="session")
def copied(tmp_path_factory):
    """Give a function that copies a world, for the tests of a file to share and change."""
    return lambda world: Path(shutil.copytree(world, tmp_path_factory.mktemp("copied") / "world"))


@pytest.fixture
def fresh(unbuilt, tmp_path) -> Path:
    """A copy of the tiny world before any run."""
    return Path(shutil.copytree(unbuilt, tmp_path / "world"))


@pytest.fixture
def world(built, tmp_path) -> Path:
    """A copy of the tiny world after a whole run."""
    return Path(shutil.copytree(built, tmp_path / "world"))


@pytest.fixture
def otherwise_hashed(monkeypatch):
    """Runs and jobs of this test start from nothing, and go through sets in another order."""
    monkeypatch.setenv("PYTHONHASHSEED", "1")


@pytest.fixture
def without_rights():
    """Give a function that runs Python code as a user whom rights of files hold for.

    It takes the code and its arguments and gives what was printed. Root may read everything:
    `setpriv` takes that from it.
    """
    command = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may read everything, and there is no setpriv to take that away")
        taken = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={taken}", f"--inh-caps={taken}"]

    def run(code: str, *arguments: str | Path, cwd: Path | None = None) -> str:
        done = subprocess.run(
            [*command, sys.executable, "-c", code, *map(str, arguments)],
            cwd=cwd,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "workflow/scripts")},
        )
        return done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium without network."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        # On a user's machine it may be missing; CI installs it.
        assert "CI" not in os.environ, "CI needs chromium"
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()
