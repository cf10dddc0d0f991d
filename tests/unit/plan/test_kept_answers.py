"""A plan is kept for the jobs of a cluster, and used by none where it might be another by now."""

import os
import zipfile
from pathlib import Path

import pytest

from anurans.common.errors import UserError
from anurans.plan import kept_answers
from anurans.plan.kept_answers import Answers
from anurans.plan.plan import Plan

NAMES = [f"{site}_202101{day}_200000" for site in "AB" for day in range(10, 31)]
SPLIT = {"test": 0.2, "folds": 2, "validation": 0.2, "salt": "0", "allow_missing": ["X", "Y"]}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with recordings of two sites, annotations and a table of statements; its config."""
    monkeypatch.chdir(tmp_path)
    # Its files are as new as they can be.
    monkeypatch.setattr(kept_answers, "FRESH", 0)
    for folder in ("recordings/card", "annotations", "new"):
        (tmp_path / folder).mkdir(parents=True)
    for number, name in enumerate(NAMES):
        (tmp_path / f"recordings/card/{name}.wav").touch()
        calls = f"1\t2\tX\n{number}\t{number + 3}\tY\n"
        if number:
            (tmp_path / f"annotations/{name}.txt").write_text(calls)
        (tmp_path / f"new/NEW_2022010{number % 3 + 1}_0{number % 10}0000.wav").touch()
    (tmp_path / "said.csv").write_text(
        f"recording,start,end,species,answer\n{NAMES[0]},20,25,X,yes\n"
    )
    (tmp_path / "sites.csv").write_text("site,latitude,longitude\nA,-15.5,-47.5\nB,-16,-48\n")
    return {
        "recordings": {"source": "recordings"},
        "annotations": {"source": "annotations", "partial": ["said.csv"]},
        "sites": "sites.csv",
        "species": {"X": "x", "Y": "y"},
        "backbones": {"net": {"architecture": "MobileNet", "weights": "random"}},
        "splits": {by: SPLIT | {"by": by} for by in ("night", "recording", "clip")},
        "augmentation": {"species": ["X"]},
        "detection": {"recordings": {"source": "new"}, "truth": "annotations"},
        "shards": 3,
    }


def plan(config, code="code", reads=False):
    return Plan(config, answers=Answers(Path("kept"), code, reads))


def everything(found):
    """All that jobs ask of names and annotations."""
    of_shards = [
        (of(shard), shard)
        for shard in found.recordings.shards
        for of in (
            found.recordings.ids_of,
            found.recordings.paths,
            found.recordings.faults,
            found.recordings.channels,
            found.annotations.path_of,
            found.annotations.files,
            found.annotations.digests_of,
            found.annotations.copied_path,
            found.annotations.copied_files,
            found.annotations.copied_digest,
        )
    ]
    of_splits = [
        (found.splits.roles(name), found.splits.groups(name)) for name in found.config["splits"]
    ]
    of_runs = [
        (of(run.split, run.fold), run)
        for run in found.runs.all
        for of in (found.splits.training_path, found.splits.training_digest)
    ]
    of_days = [(found.days.rows(day), found.days.told(day)) for day in found.days.days()]
    of_all = [
        of()
        for of in (
            found.recordings.every_id,
            found.recordings.told,
            found.recordings.clocks,
            found.recordings.all_channels,
            found.recordings.sites,
            found.recordings.dated,
            found.annotations.every_path,
            found.annotations.path,
            found.annotations.sites,
            found.annotations.calling,
            found.annotations.counts,
            found.annotations.digest,
            found.annotations.digests,
            found.days.channels,
            found.days.all_told,
            found.days.dated,
            found.days.sunny,
            found.days.truth_digest,
            found.report.figures,
            found.report.all_tables,
        )
    ]
    return of_shards, of_splits, of_runs, of_days, of_all


def looked(found):
    """Tell whether a plan listed recordings or read annotations itself."""
    return any(
        name in vars(of)
        for of, name in (
            (found.recordings, "_listed"),
            (found.annotations, "source"),
            (found.days, "all"),
        )
    )


def test_a_job_finds_all_answers_and_looks_at_nothing(project):
    first = plan(project)
    answers = everything(first)
    assert looked(first) and first.keep()
    job = plan(project, reads=True)
    # As they stand in the records of jobs, by which these are outdated or not.
    assert repr(everything(job)) == repr(answers)
    assert not looked(job)


def test_a_workflow_itself_uses_no_kept_plan(project):
    first = plan(project)
    everything(first)
    first.keep()
    again = plan(project)
    everything(again)
    assert looked(again)


def correct_unseen(folder):
    """Correct an annotation, and give its file the size and time that it had."""
    path = folder / f"annotations/{NAMES[3]}.txt"
    time = path.stat().st_mtime_ns
    path.write_text(path.read_text().replace("1\t2\tX", "1\t3\tX"))
    os.utime(path, ns=(time, time))


EDITS = {
    "a recording more": lambda folder: (folder / "recordings/card/A_20210107_200000.wav").touch(),
    "a recording fewer": lambda folder: (folder / f"recordings/card/{NAMES[1]}.wav").unlink(),
    "a recording in another folder": lambda folder: (folder / "recordings/card").rename(
        folder / "recordings/other"
    ),
    "a new recording more": lambda folder: (folder / "new/NEW_20220109_200000.wav").touch(),
    "an annotation corrected": correct_unseen,
    "a file of annotations fewer": lambda folder: (folder / f"annotations/{NAMES[2]}.txt").unlink(),
    "a statement": lambda folder: (folder / "said.csv").write_text(
        f"recording,start,end,species,answer\n{NAMES[0]},20,25,X,no\n"
    ),
    "a place": lambda folder: (folder / "sites.csv").write_text(
        "site,latitude,longitude\nA,-15,-47.5\nB,-16,-48\n"
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_plan_of_what_has_changed_is_not_used(project, tmp_path, edit):
    first = plan(project)
    everything(first)
    first.keep()
    edit(tmp_path)
    job, anew = plan(project, reads=True), Plan(project)
    assert repr(everything(job)) == repr(everything(anew))
    assert looked(job)


def test_nor_is_that_of_other_code_or_another_config(project):
    first = plan(project)
    everything(first)
    first.keep()
    for config, code in ((project, "other"), (project | {"shards": 2}, "code")):
        job = plan(config, code, reads=True)
        assert repr(everything(job)) == repr(everything(Plan(config)))
        assert looked(job)


def test_what_changed_while_it_was_planned_is_not_kept(project, tmp_path):
    first = plan(project)
    everything(first)
    correct_unseen(tmp_path)
    assert not first.keep() and not (tmp_path / "kept").exists()


def test_what_changed_just_now_is_not_kept(project, monkeypatch):
    """It may change once more at the same time, as clocks of file systems count."""
    monkeypatch.setattr(kept_answers, "FRESH", 60_000_000_000)
    first = plan(project)
    everything(first)
    assert not first.keep()


def damage(path, how):
    data = bytearray(path.read_bytes())
    if how == "cut short":
        path.write_bytes(data[: len(data) // 2])
    elif how == "another file":
        path.write_text("none of ours")
    elif how == "a byte":
        data[len(data) // 3] ^= 255
        path.write_bytes(data)
    elif how == "no archive of answers":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("RecordingPlan.every_id()", "['R']")


@pytest.mark.parametrize("how", ["cut short", "another file", "a byte", "no archive of answers"])
def test_a_damaged_file_is_planned_without(project, tmp_path, how):
    first = plan(project)
    answers = everything(first)
    first.keep()
    (path,) = (tmp_path / "kept").iterdir()
    damage(path, how)
    assert repr(everything(plan(project, reads=True))) == repr(answers)


def test_what_is_refused_is_refused_in_jobs_too(project, tmp_path):
    (tmp_path / f"annotations/{NAMES[1]}.txt").write_text("1\tx\tX\n")
    first = plan(project)
    with pytest.raises(UserError, match='"x"'):
        first.annotations.digest()
    assert first.keep()
    with pytest.raises(UserError, match='"x"'):
        plan(project, reads=True).annotations.digest()


def test_plans_of_other_configs_go_after_a_week(project, tmp_path):
    old, other = tmp_path / "kept/old.zip", tmp_path / "kept/other.zip"
    old.parent.mkdir()
    for path in (old, other):
        path.touch()
    os.utime(old, (0, 0))
    plan(project).keep()
    assert other.exists() and not old.exists()


def test_a_config_of_a_finished_model_alone_names_no_recordings_of_its_own(tmp_path):
    config = {"recordings": {"pattern": "recorders"}, "annotations": {"format": "auto"}}
    config["detection"] = {"recordings": {"source": str(tmp_path / "new")}, "model": "frogs"}
    answers = Answers(tmp_path / "kept", "code")
    answers.belong_to(config)
    assert answers.keep({"question": "answer"})
    again = Answers(tmp_path / "kept", "code", reads=True)
    again.belong_to(config)
    assert again.kept("question") == "answer"
