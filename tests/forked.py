"""Runs of Snakemake, each a process of its own, forked off one that has imported Snakemake.

Half of what a plan takes is the import. What runs is Snakemake's command line, with the arguments,
the folder, the environment and the output of a process of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

COMMAND = [sys.executable, "-m", "snakemake"]
# Forks a process for each line it reads. Its child waits for Snakemake, so that runs can overlap.
SERVER = """
import json, os, signal, sys
import jsonschema, numpy, snakemake.cli

# Which imports its plugins.
snakemake.cli.get_argument_parser()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    if os.fork():
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    given = json.loads(line)
    if child := os.fork():
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with open(given["code"], "w") as file:
            file.write(str(code))
        os._exit(0)
    for number, name in enumerate((os.devnull, given["stdout"], given["stderr"])):
        file = os.open(name, os.O_RDWR)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(given["environment"])
    os.chdir(given["folder"])
    sys.argv = [snakemake.cli.__file__.replace("cli.py", "__main__.py"), *given["arguments"]]
    try:
        snakemake.cli.main(given["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    sys.exit()
"""
_server: list[subprocess.Popen] = []
_lock = threading.Lock()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


# Python and Snakemake read it as they are imported.
AT_IMPORT = _environment()


def snakemake(folder: Path, arguments: list[str]) -> subprocess.CompletedProcess:
    """Run `python -m snakemake` in a folder.

    Where the environment is no longer that of the import, it is a new process from the start.
    """
    command = [*COMMAND, *arguments]
    if _environment() != AT_IMPORT:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True)
    with tempfile.TemporaryDirectory() as place:
        files = {name: str(Path(place) / name) for name in ("stdout", "stderr", "code")}
        os.mkfifo(files["code"])
        for name in ("stdout", "stderr"):
            Path(files[name]).touch()
        given = {"arguments": arguments, "folder": str(folder), "environment": dict(os.environ)}
        _ask(json.dumps(files | given))
        # Waits until the code is written.
        code = int(Path(files["code"]).read_text())
        out, err = (Path(files[name]).read_text() for name in ("stdout", "stderr"))
    return subprocess.CompletedProcess(command, code, out, err)


def _ask(line: str) -> None:
    with _lock:
        if not _server:
            _server.append(
                subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, text=True)
            )
        _server[0].stdin.write(line + "\n")
        _server[0].stdin.flush()
