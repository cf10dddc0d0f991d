"""How things are measured: processes side by side, in turn, medians, on a machine that is told."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "workflow/scripts"
# Of the project, what a folder needs to run the workflow.
PARTS = ("Snakefile", "rules", "workflow", "envs", "profiles", "resources", "config")
# Turns of each measurement, where the user says.
ROUNDS: int | None = None
ONE_THREAD = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    )
}
# Runs a script as Snakemake does, with the `snakemake` that is given as JSON.
JOB = """
import json, runpy, sys
class Named(dict):
    def __getattr__(self, name): return self[name]
    def __getitem__(self, key): return list(self.values())[key] if isinstance(key, int) else self.get(key)
    def __len__(self): return dict.__len__(self)
class Job: pass
given, job = json.loads(sys.argv[2]), Job()
for name in ("input", "output", "params", "wildcards", "resources"): setattr(job, name, Named(given.get(name, {})))
job.log, job.threads, job.rule = [given["log"]], 1, "benchmark"
sys.path.insert(0, given["scripts"])
runpy.run_path(sys.argv[1], {"snakemake": job}, "benchmark")
"""  # noqa: E501


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of the clock and of the processor, for `units` of work, and MB at the peak.

    `start` are the processor seconds before a job's work began: Python and its imports.
    """

    clock: float
    processor: float
    units: float = 1.0
    memory: float = 0.0
    start: float = 0.0

    @property
    def each(self) -> float:
        """Processor seconds for a unit: what it takes of a core, whoever else is on the machine."""
        return self.processor / self.units

    @property
    def each_inside(self) -> float:
        """The same within a job, once everything is imported."""
        return (self.processor - self.start) / self.units

    @property
    def each_clock(self) -> float:
        """Clock seconds for a unit."""
        return self.clock / self.units


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: work, against what, measured, the goal, and whether it is reached."""

    work: str
    against: str
    measured: str
    goal: str
    reached: bool | None
    note: str = ""


def copy_workflow(place: Path) -> Path:
    """Copy the workflow to a folder, unless it is there, with the config of the demo."""
    for part in PARTS if not place.exists() else ():
        place.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, place / part)
    return place


def spend(
    command: list[str], folder: Path, units: float = 1.0, environment: Mapping[str, str] = {}
) -> Spent:
    """Run a process to its end, and tell what it took.

    Raises
    ------
    RuntimeError
        With what it printed, when it failed.
    """
    log = folder / ".benchmark.log"
    began = time.perf_counter()
    with log.open("w") as file:
        process = subprocess.Popen(
            command, cwd=folder, stdout=file, stderr=file, env={**os.environ, **environment}
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    clock = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"{command[:4]} failed:\n{log.read_text()[-3000:]}")
    return Spent(clock, used.ru_utime + used.ru_stime, units, used.ru_maxrss / 1000)


def job(script: str, folder: Path, units: float, **snakemake) -> Spent:
    """Run the script of a rule as a job, in one thread, from its start to its end."""
    given = {"scripts": str(SCRIPTS), "log": "benchmark.log", **snakemake}
    command = [sys.executable, "-c", JOB, str(SCRIPTS / script), json.dumps(given)]
    probe = folder / ".probe.jsonl"
    probe.unlink(missing_ok=True)
    spent = spend(command, folder, units, ONE_THREAD | probing(probe))
    began = json.loads(probe.read_text().splitlines()[-1])["imports"]
    # What the system says of a child that has ended holds its parent's memory too.
    return replace(spent, start=began[1], memory=peak(folder / given["log"]))


def peak(logs: Path) -> float:
    """Most memory, in MB, that a job of a rule held, as the logs of all say."""
    files = logs.rglob("*.log") if logs.is_dir() else [logs]
    told = (re.search(r"([\d.]+) MB at the peak", path.read_text()) for path in files)
    return max((float(each[1]) for each in told if each), default=0.0)


def probing(path: Path) -> dict[str, str]:
    """Environment in which every Python process notes into a file what it took."""
    return {"ANURANS_PROBE": str(path), "PYTHONPATH": str(ROOT / "benchmarks/probe")}


def way(name: str, *arguments: object) -> Spent:
    """Go one of the other ways of ways.py in one thread; without its loading and warming."""
    command = [sys.executable, str(ROOT / "benchmarks/ways.py"), name, *map(str, arguments)]
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-3000:]}")
    return Spent(**json.loads(done.stdout.strip().splitlines()[-1]))


def in_turn(rounds: int, **ways: Callable[[], Spent]) -> dict[str, Spent]:
    """Do everything in turn, `rounds` times: what disturbs one disturbs all. Medians of each."""
    found: dict[str, list[Spent]] = {name: [] for name in ways}
    for _ in range(ROUNDS or rounds):
        for name, work in ways.items():
            found[name].append(work())
    return {
        name: Spent(
            median(each.clock for each in every),
            median(each.processor for each in every),
            every[0].units,
            max(each.memory for each in every),
            median(each.start for each in every),
        )
        for name, every in found.items()
    }


def times(slow: Spent, fast: Spent) -> float:
    """How many times as fast, by processor time for a unit of work."""
    return slow.each / fast.each


def snakemake(
    folder: Path, *arguments: str, cores: int = 2, environment: Mapping[str, str] = {}
) -> Spent:
    """Run snakemake as a user would."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *arguments]
    return spend(command, folder, environment=environment)


def machine() -> list[str]:
    """Describe the machine and the libraries."""
    from importlib.metadata import version

    text = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    values = {
        line.partition(":")[0].strip(): line.partition(":")[2].strip() for line in text.splitlines()
    }
    flags = set(values.get("flags", "").split())
    units = [name for name in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if name in flags]
    libraries = ("numpy", "scipy", "openvino", "tensorflow", "keras", "snakemake", "librosa")
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return [
        f"{values.get('model name', platform.processor())}, {os.cpu_count()} cores, "
        f"{', '.join(units) or 'no wide units'}; no GPU is used.",
        f"{platform.system()} {platform.release().split('-')[0]}, Python "
        f"{platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in libraries)
        + ".",
        f"Load of the machine at the end (1, 5, 15 minutes): {load}.",
    ]
