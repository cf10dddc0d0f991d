"""Runs the `main` of a script: log, time and memory taken, and errors as sentences."""

import inspect
import logging
import os
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anurans.common.errors import UserError

log = logging.getLogger("anurans")


def run(main: Callable, snakemake: Any) -> None:
    """Call `main` with what it asks for of a Snakemake job.

    Everything written to standard error, by native libraries too, goes to the job's log. A
    UserError, or memory that is not there, is shown without a traceback and ends the job with exit
    status 1.

    Parameters
    ----------
    main
        Function with any of the parameters `input, output, params, wildcards, resources,
        threads`.
    snakemake
        The object that Snakemake puts into a script.
    """
    console = os.dup(2)
    path = Path(snakemake.log[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 2)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    wanted = inspect.signature(main).parameters
    started = time.monotonic()
    try:
        main(**{name: getattr(snakemake, name) for name in wanted})
    except (UserError, MemoryError) as error:
        told = str(error)
        if isinstance(error, MemoryError):
            mem_mb = getattr(snakemake.resources, "mem_mb", "?")
            told = (
                f"there is not enough memory for this job ({error}); it is declared to need "
                f"{mem_mb} MB (mem_mb). Run fewer jobs at a time (--cores, or --resources "
                "mem_mb=...) with the same command."
            )
        log.error("error: %s", told)
        os.write(console, f"\nanurans: {snakemake.rule}: {told}\n\n".encode())
        sys.exit(1)
    log.info("done in %.1f s, %.0f MB at the peak", time.monotonic() - started, peak_memory())


def peak_memory() -> float:
    """Most memory that this process has held, in MB.

    Snakemake's benchmarks look at a job now and then, and miss the peak of a short one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        # Of the program that runs, without what its parent held when it started it.
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        if found:  # not every kernel that has the file has this line
            return int(found[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 1024
