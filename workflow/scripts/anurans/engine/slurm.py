"""Jobs that Slurm still has of an earlier run."""

import re
import subprocess
from pathlib import Path

from anurans.common.errors import UserError

# Snakemake names the jobs of a run by a random UUID.
RUN = re.compile(r"(\w+_)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_ends_are_told(status_command: str | None) -> None:
    """Refuse to start where Slurm is asked in a way that never tells of the end of a job.

    Parameters
    ----------
    status_command
        `sacct` or `squeue`: what the profile asks with.

    Raises
    ------
    UserError
        Where it is `sacct`, and the cluster keeps no accounts.
    """
    if status_command != "sacct":
        return
    try:
        done = subprocess.run(["sacct", "--noheader", "-X"], capture_output=True, text=True)
    except OSError:
        return  # the plugin then asks squeue
    if done.returncode and "accounting storage is disabled" in done.stderr:
        raise UserError(
            f"This cluster keeps no accounts of jobs (sacct: {done.stderr.strip()}), so a run "
            "would wait for ever for the end of its first job. In config.yaml of your profile, "
            "such as profiles/slurm, take the # away before slurm-no-account and "
            "slurm-status-command. Then run the same command again."
        )


def check_none_left(folder: str | Path) -> None:
    """Refuse to start where jobs of a killed run go on, which would be done twice at once.

    Parameters
    ----------
    folder
        Where the workflow runs.

    Raises
    ------
    UserError
        With what to do, where there are such jobs, or Slurm does not answer.
    """
    command = ["squeue", "--me", "--noheader", "--format=%i|%j|%Z"]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
        answer, wrong = done.stdout, done.stderr if done.returncode else ""
    except OSError as error:
        answer, wrong = "", str(error)
    if wrong:
        raise UserError(
            f"Slurm does not answer here ({wrong.strip()}); run on a machine that can submit jobs, "
            "or use another profile."
        )
    if ids := left_over(answer, folder):
        raise UserError(
            f"{len(ids)} jobs of an earlier run in this folder are still in Slurm. Wait until they "
            "have ended (squeue --me), and what they finish is not done again. Or cancel them:\n"
            f"  scancel {' '.join(ids)}\nThen run the same command again."
        )


def left_over(answer: str, folder: str | Path) -> list[str]:
    """Ids of Snakemake's jobs that run in a folder, of lines `id|name|folder`."""
    lines = (line.split("|", 2) for line in answer.splitlines())
    there = Path(folder).resolve()
    return [
        number
        for number, name, place in lines
        if RUN.fullmatch(name) and Path(place).resolve() == there
    ]
