"""Jobs that Slurm still has, by what its squeue says."""

import pytest

from anurans.common.errors import UserError
from anurans.engine.slurm import check_ends_are_told, check_none_left, left_over

RUN = "4d2b6d5e-0b6f-4a49-8d5c-2f3f1b0c9a77"


@pytest.fixture
def squeue(tmp_path, monkeypatch):
    """Give a function that puts an squeue, or another, first on the path, which answers so."""

    def put(answer="", wrong="", status=0, name="squeue"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        (tmp_path / "answer").write_text(answer)
        program.write_text(
            f"#!/bin/sh\necho \"$@\" > '{tmp_path}/asked'\ncat '{tmp_path}/answer'\n"
            f"echo '{wrong}' >&2\nexit {status}\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")

    return put


def test_jobs_of_snakemake_in_this_folder_alone_are_left_over(tmp_path):
    here, linked = tmp_path / "here", tmp_path / "linked"
    here.mkdir()
    linked.symlink_to(here)
    lines = [
        f"11|{RUN}|{here}",
        f"12|train_{RUN}|{here}",
        f"13|{RUN}|{linked}",
        f"14|{RUN}|{tmp_path}",
        f"15|my_analysis|{here}",
        f"16|{RUN}-more|{here}",
        f"17|{RUN}|{here}/deeper",
        f"18|{RUN}|{here}|odd",
    ]
    assert left_over("\n".join(lines) + "\n", here) == ["11", "12", "13"]
    assert left_over("\n".join(lines), linked) == ["11", "12", "13"]
    assert left_over("", here) == []


def test_a_run_beside_jobs_of_a_killed_one_is_refused(tmp_path, squeue):
    squeue(f"11|{RUN}|{tmp_path}\n12|{RUN}|{tmp_path}\n13|other|{tmp_path}\n")
    with pytest.raises(UserError) as refused:
        check_none_left(tmp_path)
    assert str(refused.value).startswith("2 jobs of an earlier run in this folder are")
    assert "\n  scancel 11 12\n" in str(refused.value)
    # Of this user alone: others may have jobs in folders of their own.
    assert "--me" in (tmp_path / "asked").read_text().split()


def test_without_such_jobs_a_run_may_start(tmp_path, squeue):
    squeue(f"13|other|{tmp_path}\n", wrong="a warning")
    check_none_left(tmp_path)
    assert (tmp_path / "asked").exists()


@pytest.mark.parametrize("there", [True, False])
def test_a_slurm_that_does_not_answer_is_told(tmp_path, squeue, monkeypatch, there):
    squeue(wrong="Unable to contact slurm controller", status=1)
    if not there:
        (tmp_path / "bin/squeue").unlink()
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(UserError) as refused:
        check_none_left(tmp_path)
    why = "Unable to contact slurm controller" if there else "No such file or directory: 'squeue'"
    assert "Slurm does not answer here (" in str(refused.value)
    assert why in str(refused.value)


@pytest.mark.fault(
    "Crashes",
    "a Slurm without accounting, and a profile that asks sacct for the ends of jobs",
    sees="take the # away before slurm-no-account and slurm-status-command",
    kept="nothing starts; without this the run waited for ever for its first job",
)
def test_a_cluster_without_accounts_is_told_before_a_run_waits_for_ever(squeue, sees):
    squeue(wrong="Slurm accounting storage is disabled", status=1, name="sacct")
    with pytest.raises(UserError, match=sees):
        check_ends_are_told("sacct")
    check_ends_are_told("squeue")
    squeue(wrong="could not reach slurmdbd for a moment", status=1, name="sacct")
    check_ends_are_told("sacct")
