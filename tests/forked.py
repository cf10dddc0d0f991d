"""Runs of Snakemake, each a process of its own, forked off one that has imported Snakemake.

Half of what a plan or a short job takes is imports. What runs is Snakemake's command line, with the
arguments, the folder, the environment and the output of a process of its own (fork_server.py). So
are its jobs.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

COMMAND = [sys.executable, "-m", "snakemake"]
SERVER = Path(__file__).with_name("fork_server.py")
_server: list[subprocess.Popen] = []
_lock = threading.Lock()


# What pytest sets, and libraries as a test imports and uses them: no user's shell has it.
OF_TESTS = (
    *("ENABLE_RUNTIME_UPTIME_", "KERAS_BACKEND", "KMP_", "PYTEST_", "TF2_", "TF_", "TPU_", "XLA_"),
)


def environment() -> dict[str, str]:
    """The environment as a user's shell gives it, and as a test has changed it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OF_TESTS)}


# Python and Snakemake read it as they are imported.
AT_IMPORT = environment()


def snakemake(folder: Path, arguments: list[str]) -> subprocess.CompletedProcess:
    """Run `python -m snakemake` in a folder.

    Where the environment is no longer that of the import, it is a new process from the start.
    """
    command = [*COMMAND, *arguments]
    given = environment()
    if given != AT_IMPORT:
        return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True)
    with tempfile.TemporaryDirectory() as place:
        files = {name: str(Path(place) / name) for name in ("stdout", "stderr", "code", "given")}
        os.mkfifo(files["code"])
        for name in ("stdout", "stderr"):
            Path(files[name]).touch()
        of = {"arguments": arguments, "folder": str(folder), "environment": given}
        Path(files["given"]).write_text(json.dumps(files | of), encoding="utf-8")
        _ask(files["given"])
        # Waits until the code is written.
        code = int(Path(files["code"]).read_text())
        out, err = (Path(files[name]).read_text() for name in ("stdout", "stderr"))
    return subprocess.CompletedProcess(command, code, out, err)


def _ask(line: str) -> None:
    with _lock:
        if not _server:
            _server.append(
                subprocess.Popen([sys.executable, SERVER], stdin=subprocess.PIPE, text=True)
            )
        _server[0].stdin.write(line + "\n")
        _server[0].stdin.flush()
