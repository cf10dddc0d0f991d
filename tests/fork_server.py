"""Forks runs of Snakemake, and their jobs, off one process that has imported what they need.

A line on standard input names a file that says what to run. What is forked has the arguments, the
folder, the environment, the output and the exit status of a process of its own. The library is
imported by each job itself: every world has a copy.
"""

import atexit
import gc
import importlib
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
import types
from collections.abc import Callable, Iterable
from pathlib import Path

import snakemake.cli

# What jobs import of others, but for what starts threads as it is imported.
OF_JOBS = (
    *("h5py", "jinja2", "jsonschema", "numpy", "soundfile", "soxr"),
    *("scipy.fft", "scipy.ndimage", "scipy.optimize", "scipy.signal", "scipy.special"),
    *("scipy.stats", "sklearn.calibration", "sklearn.metrics"),
    *("matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg"),
)
# What Python and the libraries above read as they are imported.
READ_EARLY = ("PYTHON", "OMP_", "OPENBLAS_")


def fork(function: Callable[[], None], tell: Callable[[int], None] = lambda code: None) -> int:
    """Call a function in a process of its own, which ends as a program does, and tells how.

    It does not take its objects apart, which takes as long as a short run.
    """
    if child := os.fork():
        return child
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code: object = 1
    try:
        function()
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        traceback.print_exc()
    if not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    tell(code)
    os._exit(code)


def serve(lines: Iterable[str], begin: Callable[[dict], None]) -> None:
    """Begin what the file says that is named in a line; nobody here waits for it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in lines:
        begin(json.loads(Path(line.rstrip("\n")).read_text(encoding="utf-8")))


def take(given: dict) -> None:
    """Take the environment and the folder."""
    os.environ.clear()
    os.environ.update(given["environment"])
    os.chdir(given["folder"])
    tempfile.tempdir = None


def begin_run(given: dict) -> None:
    """Begin a run of Snakemake, and beside it, as it was before the run, what forks its jobs."""

    def run():
        for number, name in enumerate((os.devnull, given["stdout"], given["stderr"])):
            file = os.open(name, os.O_RDWR)
            os.dup2(file, number)
            os.close(file)
        asked, ask = os.pipe()
        child = fork(lambda: follow(given, ask))
        os.close(ask)
        fork(lambda: serve(os.fdopen(asked), begin_job))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        Path(given["code"]).write_text(str(code))

    fork(run)


def follow(given: dict, ask: int) -> None:
    """Snakemake's command line, whose jobs are forked where they can be."""
    take(given)
    sys.argv = [snakemake.cli.__file__.replace("cli.py", "__main__.py"), *given["arguments"]]
    sys.path[0] = ""

    def start(command, **how):
        *_, python, script = ["", *shlex.split(command)]
        names = [name for name in os.environ | how["env"] if name.startswith(READ_EARLY)]
        alike = all(os.environ.get(name) == how["env"].get(name) for name in names)
        if python == sys.executable and alike:
            return Job(ask, script, how["env"])
        return subprocess.Popen(command, **how)

    # Snakemake has another thing of this name.
    importlib.import_module("snakemake.shell").sp = types.SimpleNamespace(
        **vars(subprocess) | {"Popen": start}
    )
    snakemake.cli.main(given["arguments"])


class Job:
    """A forked job, as far as Snakemake looks at a process."""

    def __init__(self, ask: int, script: str, environment: dict[str, str]) -> None:
        with tempfile.TemporaryDirectory() as place:
            told, given = Path(place, "told"), Path(place, "given")
            os.mkfifo(told)
            wanted = {"script": script, "environment": environment, "folder": str(Path.cwd())}
            given.write_text(json.dumps(wanted | {"told": str(told)}), encoding="utf-8")
            os.write(ask, f"{given}\n".encode())
            self._told = told.open()
            self.pid = int(self._told.readline())

    def wait(self) -> int:
        """Wait until it has ended; who is killed tells nothing."""
        with self._told:
            return int(self._told.readline() or -signal.SIGKILL)


def begin_job(given: dict) -> None:
    """Begin a script, as Python does."""
    told = os.open(given["told"], os.O_RDWR)

    def run():
        os.write(told, f"{os.getpid()}\n".encode())
        take(given)
        script = given["script"]
        sys.argv, sys.path[0] = [script], str(Path(script).parent)
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        module.__file__ = script
        exec(compile(Path(script).read_bytes(), script, "exec"), vars(module))

    fork(run, lambda code: os.write(told, f"{code}\n".encode()))
    os.close(told)


if __name__ == "__main__":
    for name in OF_JOBS:
        importlib.import_module(name)
    # Which imports its plugins.
    snakemake.cli.get_argument_parser()
    gc.collect()
    gc.freeze()
    serve(sys.stdin, begin_run)
