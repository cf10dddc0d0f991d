"""Runs the `main` of a script: log, time taken, and errors as sentences."""

import inspect
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anurans.errors import UserError

log = logging.getLogger("anurans")


def run(main: Callable, snakemake: Any) -> None:
    """Call `main` with what it asks for of a Snakemake job.

    Everything written to standard error, by native libraries too, goes to the job's log. A
    UserError is shown without a traceback and ends the job with exit status 1.

    Parameters
    ----------
    main
        Function with any of the parameters `input, output, params, wildcards, threads`.
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
    except UserError as error:
        log.error("error: %s", error)
        os.write(console, f"\nanurans: {snakemake.rule}: {error}\n\n".encode())
        sys.exit(1)
    log.info("done in %.1f s", time.monotonic() - started)
