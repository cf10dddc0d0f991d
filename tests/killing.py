"""Runs that are killed: by whom, and at which moment."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil


class Run:
    """A run of snakemake, in a process group of its own, as a terminal gives it one."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self._console = (folder / "console.txt").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
            cwd=folder,
            stdout=self._console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # What a shell starts in the background, these tests may be, does not hear Ctrl-C.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def text(self) -> str:
        """What it has printed so far."""
        self._console.flush()
        return Path(self._console.name).read_text(encoding="utf-8", errors="replace")

    def jobs(self) -> list[int]:
        """Processes of its jobs."""
        found = []
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if any(".snakemake/scripts/" in word for word in child.cmdline()[:3]):
                        found.append(child.pid)
        return found

    def writers(self) -> dict[int, str]:
        """Files that are being written, by the process that writes."""
        found = {}
        for path in self.folder.glob("results/**/.partial-*"):
            if match := re.match(r"\.partial-.+?-(\d+)-", path.name):
                found[int(match[1])] = path.name
        return found

    def wait_for(self, happens: Callable[[], object], seconds: float = 60) -> object:
        """Wait for something to be true, as long as the run goes on; give what it was."""
        end = time.monotonic() + seconds
        while not (found := happens()) and not self.ended and time.monotonic() < end:
            time.sleep(0.002)
        return found

    def kill(self, whom: str, job: int | None = None) -> None:
        """Kill a `job`, the `workflow` alone or the whole `group`; `interrupt`, as Ctrl-C does."""
        with contextlib.suppress(ProcessLookupError):
            if whom == "job":
                os.kill(job or self.jobs()[0], signal.SIGKILL)
            elif whom == "workflow":
                self.process.kill()
            else:
                number = signal.SIGINT if whom == "interrupt" else signal.SIGKILL
                os.killpg(self.process.pid, number)

    def wait(self, seconds: float = 300) -> int:
        """Wait for its end; give its exit status."""
        return self.process.wait(seconds)

    def end(self) -> None:
        """End it and all that it has left, and close what it printed to."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._console.close()


def locked(folder: Path) -> bool:
    """Tell whether a run has left its lock."""
    return any((folder / ".snakemake/locks").glob("*"))
