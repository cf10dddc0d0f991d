"""What `snakemake status` says after which edit, in a copy of a finished tiny world."""

import re

import yaml
from conftest import names, planned, read_config, refused, snakemake, write_config


def said(world, *arguments):
    """Lines that the target status prints."""
    return snakemake(world, *(arguments or ("status",))).stdout.strip().splitlines()


def times(world):
    """When each file that decides what is outdated was written."""
    files = [*world.glob("results/**/*"), *world.glob(".snakemake/metadata/**/*")]
    return {path: path.stat().st_mtime_ns for path in files}


def total(lines):
    """Number of jobs in the last line."""
    return int(lines[-1].removeprefix("Together ").split()[0])


def test_up_to_date_and_left_as_it_was(world):
    before = times(world)
    for _ in range(2):  # it is never up to date itself
        assert said(world) == ["Everything is up to date."]
    assert times(world) == before
    assert planned(world) == {}


def test_before_the_first_run(fresh):
    lines = said(fresh)
    trainings = planned(fresh)["train_model"]
    assert lines[0].startswith("Nothing has been computed yet: 2 inspections of recordings, ")
    assert f", {trainings} trainings, {trainings} evaluations" in lines[0]
    told = "no earlier run tells how long they take, snakemake runs has an estimate."
    assert lines[1:] == [f"{total(lines)} jobs; {told}"]
    assert not (fresh / "results").exists()


def test_a_moved_annotation(world):
    path = world / f"annotations/{names()[0]}.txt"
    first, *others = path.read_text().splitlines(keepends=True)
    start, *rest = first.split("\t")
    path.write_text("".join(["\t".join([f"{float(start) + 0.1:.6f}", *rest]), *others]))
    lines, plan = said(world), planned(world)
    assert len(lines) == 2
    reason, _, jobs = lines[0].partition(": ")
    assert "new annotations" in reason
    assert f"{plan['train_model']} training" in jobs and jobs.endswith(" and the summary.")
    assert "clip job" not in jobs and "embedding" not in jobs
    assert total(lines) == sum(plan.values())
    assert re.search(r" jobs, about .+ on 2 cores\.$", lines[1])


def test_settings_and_code_of_another_config(world):
    config = read_config(world)
    config["recipes"]["linear"]["learning_rate"] = 0.02
    config["evaluation"]["resamples"] = 200
    (world / "my.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    code = world / "workflow/scripts/evaluate_model.py"
    # A statement that runs; a definition that nothing uses would start nothing.
    code.write_text(code.read_text() + "\nprint(end='')\n")
    lines = said(world, "--configfile", "my.yaml", "--", "status")
    every, mine = (
        len(list(world.glob(f"results/training/**/{of}fold-*/head.keras")))
        for of in ("", "linear/")
    )
    assert every > mine
    reasons = dict(line.split(": ", 1) for line in lines[:-1])
    assert list(reasons) == [
        "The code of evaluate_model has changed",
        "evaluation.resamples is 200, was 100",
        "recipes.linear.learning_rate is 0.02, was 0.01",
    ]
    for reason, jobs in reasons.items():
        of_recipe = reason.startswith("recipes")
        assert ("training" in jobs) == of_recipe
        assert f"{mine if of_recipe else every} evaluations" in jobs
    assert lines[-1].startswith("Together ")


def test_an_added_recording_and_a_new_recipe(world):
    sound = (world / f"recordings/{names()[0]}.wav").read_bytes()
    (world / "recordings/NEW_20210120_200000.wav").write_bytes(sound)
    with (world / "folds.csv").open("a") as file:
        file.write("NEW_20210120_200000,test\n")
    config = read_config(world)
    config["recipes"]["quick"] = config["recipes"]["linear"] | {"epochs": 1}
    config["experiments"]["heads"]["recipes"].append("quick")
    write_config(world, config)
    trained = len(list(world.glob("results/training/**/head.keras")))
    lines, plan = said(world), planned(world)
    assert lines[0].startswith("1 recording is new: 1 inspection of recordings, ")
    assert lines[1].startswith("4 runs are new: ") and plan["train_model"] == trained + 4
    assert len(lines) == 3 and total(lines) == sum(plan.values())


def test_a_mistake_is_one_message(world):
    path = world / f"annotations/{names()[0]}.txt"
    path.write_text("1,5\t2.0\tLOW_C\n")
    text = refused(world, "status")
    assert "anurans: status: Annotations in annotations: 1 problem in 1 file" in text
    assert str(path.relative_to(world)) in text
    assert "Traceback" not in text


def test_the_lock_of_another_run_stays(world):
    lock = world / ".snakemake/locks/0.output.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("results/summary.csv\n")
    assert said(world)[0].startswith("A run is going on in this folder, or was killed")
    assert lock.exists()
