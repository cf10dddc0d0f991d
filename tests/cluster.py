"""A Slurm of two nodes on this machine, without accounting."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

CONF = Path("/etc/slurm/slurm.conf")
MARK = "# Written by the tests of anurans.\n"
NODES = ("n1", "n2")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")
# Nodes say that they have more cores than the machine: what is tested is who waits for whom.
SETTINGS = """\
ClusterName=tiny
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=17000
SlurmUser=root
AuthType=auth/munge
StateSaveLocation={folder}/state
SlurmctldLogFile={folder}/slurmctld.log
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdLogFile={folder}/%n.log
SlurmdPidFile={folder}/%n.pid
SlurmdSpoolDir={folder}/%n
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
MpiDefault=none
ReturnToService=1
KillWait=5
MinJobAge=3600
NodeName={nodes} NodeAddr=127.0.0.1 NodeHostname={host} Port=17001-17002 CPUs=4 RealMemory=8000
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why there can be no cluster here, or an empty text."""
    if os.geteuid():
        return "Slurm is started by root"
    path = f"{os.environ['PATH']}:/usr/sbin"
    absent = [name for name in PROGRAMS if not shutil.which(name, path=path)]
    if absent:
        return f"no {', '.join(absent)} (Debian: apt-get install slurm-wlm munge)"
    if CONF.exists() and not CONF.read_text().startswith(MARK):
        return f"{CONF} is of another cluster"
    return ""


class Cluster:
    """Two nodes, and what one asks and tells them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._daemons: list[subprocess.Popen] = []

    def start(self) -> None:
        """Start all daemons, and wait for the nodes to be idle."""
        for name in ("state", *NODES):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        text = SETTINGS.format(
            host=socket.gethostname().split(".")[0], folder=self.folder, nodes=",".join(NODES)
        )
        CONF.parent.mkdir(exist_ok=True)
        CONF.write_text(MARK + text)
        if not Path("/run/munge/munge.socket.2").exists() or not self._answers("munge", "-n"):
            Path("/run/munge").mkdir(exist_ok=True)
            shutil.chown("/run/munge", "munge", "munge")
            as_munge = ("runuser", "-u", "munge", "--", "/usr/sbin/munged", "--force")
            subprocess.run(as_munge, check=True)
        self._daemon("slurmctld", "-D", "-c")
        for node in NODES:
            self._daemon("slurmd", "-D", "-N", node)
        self.wait_for(lambda: self.states() == dict.fromkeys(NODES, "idle"))

    def _daemon(self, program: str, *arguments: str) -> None:
        command = [f"/usr/sbin/{program}", *arguments]
        with (self.folder / f"{program}.out").open("a") as log:
            self._daemons.append(
                subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
            )

    def _answers(self, *command: str) -> bool:
        return subprocess.run(command, capture_output=True).returncode == 0

    def stop(self) -> None:
        """Cancel all jobs and stop the daemons."""
        for job in self.jobs("RUNNING", "PENDING"):
            self.ask("scancel", job["id"])
        for daemon in reversed(self._daemons):
            daemon.terminate()
        for daemon in self._daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
        CONF.unlink(missing_ok=True)

    def ask(self, *command: str) -> str:
        """Run a command of Slurm."""
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def states(self) -> dict[str, str]:
        """State of each node."""
        done = subprocess.run(
            ["sinfo", "--noheader", "--Node", "--format=%N %t"], capture_output=True, text=True
        )
        return dict(line.split() for line in done.stdout.splitlines())

    def jobs(self, *states: str) -> list[dict[str, str]]:
        """Jobs in these states, or all that there have been."""
        fields = {"id": "%i", "state": "%T", "node": "%N", "memory": "%m", "what": "%k"}
        of = ",".join(states) or "all"
        out = self.ask(
            "squeue", f"--states={of}", "--noheader", f"--format={'|'.join(fields.values())}"
        )
        return [dict(zip(fields, line.split("|"), strict=True)) for line in out.splitlines()]

    def wait_for(self, happens: Callable[[], object], seconds: float = 60) -> object:
        """Wait for something to be true, and give what it was."""
        end = time.monotonic() + seconds
        while not (what := happens()):
            if time.monotonic() > end:
                raise AssertionError(f"nothing after {seconds} s; jobs: {self.jobs()}")
            time.sleep(0.2)
        return what
