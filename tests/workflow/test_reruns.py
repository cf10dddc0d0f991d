"""What runs again after which edit: counted in plans, carried out, and told in docs/reruns.md."""

import os
import re
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
import yaml
from conftest import ROOT, names, planned, read, snakemake, write_config
from hearing import ear, write_network
from products import TIMED

DOCS = ROOT / "docs/reruns.md"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->"
# What only judges, tabulates or draws what runs have made is not counted, so that a new table or
# figure is not an error here.
JUDGES = (
    *("summarize_runs", "check_leakage", "tabulate_", "calibrate_"),
    *("trace_runs", "render_", "write_"),
)
REPORTS = {"tables": True, "figures": True}
# Columns of the table in the docs.
STAGES = {
    "recordings": ("inspect_recordings",),
    "copies": ("plan_stretches", "plan_masks"),
    "audio": ("cut_clips", "stretch_time"),
    "images": ("compute_spectrograms", "mask_spectrograms"),
    "networks": ("export_backbone", "export_sound_network"),
    "embeddings": ("embed_spectrograms", "embed_sound"),
    "labels": ("label_clips",),
    "splits": ("assign_roles",),
    "trainings": ("train_model",),
    "evaluations": ("evaluate_model",),
    "tables": ("tables", "collect_recordings", "collect_annotations"),
    "figures": ("figures",),
}
TABLES = ("summary", "recordings", "annotations", "checks/leakage", "tables/models")
NEW = "NEW_20210120_200000"


def measured(world):
    """Count the jobs of each rule in the plan; of tables and figures only whether there are any."""
    counts = {}
    for rule, n in planned(world).items():
        if rule.startswith(JUDGES):
            counts["tables"] = True
        elif rule.startswith("plot_"):
            counts["figures"] = True
        else:
            counts[rule] = n
    return counts


def make_tables(world):
    """Run all but figures."""
    snakemake(world, "summary", "tables", "pages")


def config_of(world):
    return yaml.safe_load((world / "config/config.yaml").read_text())


def setting(*path):
    """Edit: give a key of the config, named by the path to it, its last element as value."""
    *keys, last, value = path

    def edit(world):
        config = place = config_of(world)
        for key in keys:
            place = place.setdefault(key, {})
        place[last] = value
        write_config(world, config)

    return edit


def edits(*each):
    """Edit: several, one after the other."""

    def edit(world):
        for one in each:
            one(world)

    return edit


def text(name, old, new):
    """Edit: replace the first `old` in a file of the workflow."""

    def edit(world):
        path = world / name
        assert old in path.read_text(), f"{name} has no {old!r} any more; edit another place"
        path.write_text(path.read_text().replace(old, new, 1))

    return edit


def spare_definitions(world):
    """Edit: define something in every module of the library that nobody uses."""
    for path in (world / "workflow/scripts/anurans").rglob("*/*.py"):
        with path.open("a") as file:
            file.write("\n\nUNUSED = 1\n\n\ndef unused():\n    return UNUSED\n")


def reword_errors(world):
    """Edit: other words in every message for users, and in every line of a log."""
    count = 0
    for path in (world / "workflow/scripts").rglob("*.py"):
        told = re.compile(r'((?:raise UserError|^ +log\.\w+)\(\s*f?")', re.M)
        reworded, found = told.subn(r"\1In other words: ", path.read_text())
        count += found
        path.write_text(reworded)
    assert count > 100


def nothing(world):
    pass


def touch_everything(world):
    """Turn the times of all sources, scripts, modules and results round: inputs are the newer."""
    paths = [path for path in world.rglob("*") if path.is_file() and ".snakemake" not in path.parts]
    assert max(path.stat().st_size for path in paths) > 1_000_000
    now = time.time()
    for age, path in enumerate(sorted(paths, key=lambda path: path.stat().st_mtime_ns)):
        os.utime(path, (now - age, now - age))


def move_first_call(recording):
    """Edit: let the first call of a recording begin 0.1 s later."""

    def edit(world):
        path = world / f"annotations/{recording}.txt"
        first, *others = path.read_text().splitlines(keepends=True)
        start, end, label = first.split("\t")
        path.write_text("".join([f"{float(start) + 0.1:.6f}\t{end}\t{label}", *others]))

    return edit


def annotate(recording, species):
    """Edit: add a call to the annotations of a recording."""

    def edit(world):
        with (world / f"annotations/{recording}.txt").open("a") as file:
            file.write(f"1.000000\t2.000000\t{species}_F\n")

    return edit


def write_otherwise(world):
    """Other line ends, another order of lines, and another number of digits."""
    for path in world.glob("annotations/*.txt"):
        lines = path.read_text().replace("00\t", "\t").splitlines()
        path.write_bytes("\r\n".join(reversed(lines)).encode() + b"\r\n")


def use_a_table(world):
    """Move all annotations to one CSV table, and accept the results of the files as its own."""
    rows = ["recording,start,end,label"]
    for path in sorted(world.glob("annotations/*.txt")):
        lines = path.read_text().replace("\t", ",").splitlines()
        rows += [f"{path.stem},{line}" for line in lines]
    (world / "calls.csv").write_text("\n".join(rows) + "\n")
    setting("annotations", "source", "calls.csv")(world)
    snakemake(world, "--touch")
    assert planned(world) == {}


def move_first_row(world):
    """Move the call that `move_first_call` of the first recording moves."""
    header, first, *others = (world / "calls.csv").read_text().splitlines(keepends=True)
    recording, start, end, label = first.split(",")
    assert recording == names()[0]
    first = f"{recording},{float(start) + 0.1:.6f},{end},{label}"
    (world / "calls.csv").write_text("".join([header, first, *others]))


def add_recording(world):
    shutil.copy(world / f"recordings/{names()[0]}.wav", world / f"recordings/{NEW}.wav")
    shutil.copy(world / f"annotations/{names()[0]}.txt", world / f"annotations/{NEW}.txt")
    with (world / "folds.csv").open("a") as file:
        file.write(f"{NEW},test\n")


def remove_recording(world):
    for path in (f"recordings/{names()[5]}.wav", f"annotations/{names()[5]}.txt"):
        (world / path).unlink()


def replace_recording(world):
    """Another sound under the same name, over 1 MB."""
    path = world / f"recordings/{names()[3]}.wav"
    sound, sr = sf.read(path, dtype="int16")
    sf.write(path, np.concatenate([sound, sound[::-1]]), sr)
    assert path.stat().st_size > 1_000_000


def write_config_otherwise(world):
    """Defaults written out, keys in another order, and 5 for 5.0."""
    config = config_of(world)
    config["clips"] = {"min_last": 0.5, "length": 5}
    config["labelling"] = {"min_fraction": 0.5, "rule": "default"}
    config["spectrogram"] = {"top_db": 80.0, "fmin": 0.0, "n_fft": 1024, "hop_length": 494}
    config["recipes"]["linear"] |= {"dropout": 0.0, "batch_size": 32}
    config["recipes"]["logistic"] |= {"solver": "logistic", "inner_folds": 5}
    for place in ("recipes", "backbones", "splits", "augmentation"):
        for name, of in config[place].items():
            config[place][name] = dict(reversed(of.items()))
    write_config(world, dict(reversed(config.items())))


def add_hearing(world):
    """One more backbone, which takes sound."""
    write_network(world / "tiny.xml")
    setting("backbones", "ear", ear())(world)


def add_species(world):
    """One more species, heard in every recording."""
    setting("species", "OTHER", "another tone")(world)
    for name in names():
        annotate(name, "OTHER")(world)


LINEAR = {"solver": "adam", "learning_rate": 0.01, "epochs": 20, "early_stopping": None}
ADD_RECIPE = edits(
    setting("recipes", "quick", LINEAR | {"epochs": 1}),
    setting("experiments", "datasets", {"splits": ["given"], "recipes": ["linear"]}),
    setting("experiments", "optimism", {"datasets": ["original"], "recipes": ["linear"]}),
    setting(
        "experiments",
        "quick",
        {"datasets": ["original"], "splits": ["clip"], "recipes": ["quick"]},
    ),
)
SMALL = {"architecture": "MobileNet", "alpha": 0.25, "weights": "random"}
GIVEN = {"by": "file", "file": "folds.csv", "folds": 2, "validation": 0.5, "salt": "10"}
REPORT = "workflow/report/models.rst"
TEMPLATE = "workflow/pages/table.js"
SPECTROGRAMS = "workflow/scripts/anurans/sounds/spectrograms.py"
MASKING = "workflow/scripts/anurans/sounds/masking.py"
EVALUATION = "workflow/scripts/anurans/scores/evaluation.py"
FIGURES = "workflow/scripts/anurans/report/figures.py"
TUNING = text(EVALUATION, "np.abs(halfway - HALF)", "np.abs(HALF - halfway)")
DRAWING = text(SPECTROGRAMS, "AMIN = 1e-10", "AMIN = 1.0e-10 * 1")

# Jobs that several edits start. All nine runs are trained and judged anew; the labels of one shard
# of each technique are, and every run is judged by them; all is, for one shard; all images are.
ALL_RUNS = {"train_model": 9, "evaluate_model": 9, **REPORTS}
LABELS = {"label_clips": 4, "collect_annotations": 1, "evaluate_model": 9, **REPORTS}
ONE_SHARD = {
    "inspect_recordings": 1,
    "collect_recordings": 1,
    "plan_stretches": 1,
    "plan_masks": 2,
    "cut_clips": 1,
    "stretch_time": 1,
    "compute_spectrograms": 2,
    "mask_spectrograms": 2,
    "embed_spectrograms": 4,
    "label_clips": 4,
    "assign_roles": 2,
    **ALL_RUNS,
}
IMAGES = {
    "cut_clips": 2,
    "stretch_time": 2,
    "compute_spectrograms": 4,
    "mask_spectrograms": 4,
    "embed_spectrograms": 8,
    **ALL_RUNS,
}


@dataclass(frozen=True)
class Row:
    """An edit of a copy of a finished world, in the user's words, and the jobs that it starts."""

    what: str
    edit: Callable[[Path], None]
    jobs: dict[str, int | bool]
    of: str = "finished"


FIRST = Row("everything, in the first run", nothing, {}, of="no run")
ROWS = [
    Row("nothing", nothing, {}),
    Row(
        "every recording, annotation file, script, module and result touched", touch_everything, {}
    ),
    Row(
        "annotations: a call moved in a recording that 5 of 9 runs train or validate on",
        move_first_call(names()[0]),
        LABELS | {"train_model": 5},
    ),
    Row(
        "the same in a CSV table of all annotations, one row changed",
        move_first_row,
        LABELS | {"train_model": 5},
        of="with a table",
    ),
    Row(
        "annotations: a call moved in a recording of the test part",
        move_first_call(names()[4]),
        LABELS,
    ),
    Row(
        "annotations: a call of a species that is not in the config",
        annotate(names()[0], "OTHER"),
        {"collect_annotations": 1, **REPORTS},
    ),
    Row("annotations: other line ends, order of lines, number of digits", write_otherwise, {}),
    Row(
        "code: a comment and a docstring",
        edits(
            text(SPECTROGRAMS, '"""Spectrogram images of clips."""', '"""Other words."""  # why'),
            text("workflow/scripts/train_model.py", '"""Train', '"""\nTrain'),
        ),
        {},
    ),
    Row("code: messages for users and lines of logs, every one reworded", reword_errors, {}),
    Row("code: a function and a constant that nobody uses, in every module", spare_definitions, {}),
    Row("code: a caption of a table", text(REPORT, "", "Other words. "), {"tables": True}),
    Row(
        "code: how tables of the report look",
        text(TEMPLATE, "STEP = 200", "STEP = 100"),
        {"tables": True},
    ),
    Row("code: how figures are drawn", text(FIGURES, "#0072B2", "#0072B3"), {"figures": True}),
    Row(
        "code: how thresholds are tuned",
        TUNING,
        {"evaluate_model": 9, **REPORTS},
    ),
    Row(
        "code: how images are masked",
        text(MASKING, "image.mean()", "image.mean() + 0"),
        {
            "mask_spectrograms": 4,
            "embed_spectrograms": 4,
            "train_model": 4,
            "evaluate_model": 4,
            **REPORTS,
        },
    ),
    Row("code: how spectrograms are computed", DRAWING, IMAGES),
    Row("recordings: one added", add_recording, ONE_SHARD | {"collect_annotations": 1}),
    Row("recordings: one removed", remove_recording, ONE_SHARD | {"collect_annotations": 1}),
    Row(
        "recordings: one replaced, under the same name",
        replace_recording,
        ONE_SHARD | {"collect_annotations": 1},
    ),
    Row("config: `project`", setting("project", "other"), {"tables": True}),
    Row(
        "config: defaults written out, keys in another order, 5 for 5.0", write_config_otherwise, {}
    ),
    Row("config: `clips.keep`", setting("clips", "keep", True), {"tables": True}),
    Row(
        "config: `evaluation.resamples`",
        setting("evaluation", "resamples", 200),
        {"evaluate_model": 9, **REPORTS},
    ),
    Row("config: `labelling.rule`", setting("labelling", "rule", "any"), ALL_RUNS),
    Row(
        "config: a species added, and annotations of it",
        add_species,
        {"label_clips": 8, "collect_annotations": 1, **ALL_RUNS},
    ),
    Row(
        "config: `learning_rate` of a recipe that one run uses",
        setting("recipes", "quick", "learning_rate", 0.02),
        {"train_model": 1, "evaluate_model": 1, **REPORTS},
        of="with two recipes",
    ),
    Row(
        "config: `C` of a recipe that 4 runs use",
        setting("recipes", "logistic", "C", [0.01, 1.0]),
        {"train_model": 4, "evaluate_model": 4, **REPORTS},
    ),
    Row(
        "config: a recipe added, for one run",
        ADD_RECIPE,
        {"train_model": 1, "evaluate_model": 1, **REPORTS},
    ),
    Row(
        "config: a dataset added, of techniques that are computed already",
        setting("datasets", "masked", ["original", "time_mask"]),
        {"train_model": 4, "evaluate_model": 4, **REPORTS},
    ),
    Row(
        "config: a split added, of 2 folds",
        setting("splits", "again", GIVEN),
        {"assign_roles": 1, "train_model": 2, "evaluate_model": 2, **REPORTS},
    ),
    Row(
        "config: a backbone added",
        setting("backbones", "other", SMALL | {"pooling": "avg"}),
        {"export_backbone": 1, "embed_spectrograms": 8, **ALL_RUNS},
    ),
    Row(
        "config: a backbone added that takes sound",
        add_hearing,
        {"export_sound_network": 1, "embed_sound": 8, **ALL_RUNS},
    ),
    Row(
        "config: `augmentation.time_mask.fill`",
        setting("augmentation", "time_mask", "fill", 0),
        {
            "mask_spectrograms": 2,
            "embed_spectrograms": 2,
            "train_model": 4,
            "evaluate_model": 4,
            **REPORTS,
        },
    ),
    Row("config: `spectrogram.top_db`", setting("spectrogram", "top_db", 60), IMAGES),
]

# Group, then what is edited before one run, and the jobs of that run. The config comes first: it
# leaves two runs, of every technique, for the others to be quick.
SEQUENCES = {
    "config": (
        setting(
            "experiments",
            {"few": {"datasets": ["combined"], "splits": ["given"], "recipes": ["linear"]}},
        ),
        REPORTS,
    ),
    "annotations": (
        edits(
            move_first_call(names()[0]),
            move_first_call(names()[4]),
            annotate(names()[2], "OTHER"),
        ),
        {
            "label_clips": 8,
            "collect_annotations": 1,
            "train_model": 1,
            "evaluate_model": 2,
            **REPORTS,
        },
    ),
    "code": (
        edits(
            text(SPECTROGRAMS, '"""', '"""Other words. '),
            text(MASKING, "image.mean()", "image.max()"),
            text(EVALUATION, "np.argmin(", "np.argmax("),
        ),
        {
            "mask_spectrograms": 4,
            "embed_spectrograms": 4,
            "train_model": 2,
            "evaluate_model": 2,
            **REPORTS,
        },
    ),
    "recordings": (
        edits(add_recording, remove_recording, replace_recording),
        {rule: 2 * n for rule, n in ONE_SHARD.items() if n is not True}
        | {"collect_recordings": 1, "collect_annotations": 1, "assign_roles": 1}
        | {"train_model": 2, "evaluate_model": 2, **REPORTS},
    ),
}


@pytest.fixture(scope="module")
def with_two_recipes(built, tmp_path_factory):
    """The finished world after one more run, of a recipe of its own; not to be changed."""
    world = Path(shutil.copytree(built, tmp_path_factory.mktemp("two") / "world"))
    ADD_RECIPE(world)
    make_tables(world)
    return world


@pytest.fixture(scope="module")
def plans(unbuilt, built, with_two_recipes, tmp_path_factory):
    """What would run after each edit, and in the first run; two plans are made at a time."""
    folder = tmp_path_factory.mktemp("rows")
    bases = {"finished": built, "with two recipes": with_two_recipes}
    bases["no run"] = unbuilt
    bases["with a table"] = Path(shutil.copytree(built, folder / "table"))
    use_a_table(bases["with a table"])

    def plan(row):
        world = Path(shutil.copytree(bases[row.of], folder / str(hash(row.what))))
        row.edit(world)
        jobs = measured(world)
        shutil.rmtree(world)
        return jobs

    with ThreadPoolExecutor(2) as pool:
        return {row.what: pool.submit(plan, row) for row in [FIRST, *ROWS]}


@pytest.fixture(scope="module")
def lived(with_two_recipes, tmp_path_factory):
    """A world that is edited and run again and again."""
    return Path(shutil.copytree(with_two_recipes, tmp_path_factory.mktemp("lived") / "world"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_an_edit_starts_the_jobs_that_it_must_and_no_other(plans, row):
    assert plans[row.what].result() == row.jobs


def test_the_docs_have_the_table_of_what_was_measured(plans, pytestconfig):
    header = ["after this edit", *STAGES]
    lines = [header, ["---"] * len(header)]
    for what, plan in plans.items():
        jobs = plan.result()
        counts = [
            "yes"
            if stage in REPORTS and any(map(jobs.get, rules))
            else str(sum(jobs.get(rule, 0) for rule in rules) or "")
            for stage, rules in STAGES.items()
        ]
        lines.append([what, *counts])
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    before, rest = DOCS.read_text(encoding="utf-8").split(BEGIN)
    written, after = rest.split(END)
    if pytestconfig.getoption("--write-docs"):
        DOCS.write_text(before + BEGIN + table + END + after, encoding="utf-8")
    else:
        renew = "to renew it: pytest tests/workflow/test_reruns.py --write-docs"
        assert written == table, f"{DOCS.name} has another table; {renew}"


def test_results_in_another_clone_do_not_run_again(built, fresh):
    for path in fresh.rglob("*"):
        path.touch()  # as in a fresh checkout
    for name in ("results", ".snakemake"):
        shutil.copytree(built / name, fresh / name, copy_function=shutil.copyfile)
    assert planned(fresh) == {}
    TUNING(fresh)
    assert measured(fresh) == {"evaluate_model": 9, **REPORTS}


def test_results_can_be_accepted_as_they_are_up_to_a_stage(world):
    edits(DRAWING, TUNING)(world)
    before = {path: path.read_bytes() for path in world.glob("results/**/*") if path.is_file()}
    snakemake(world, "--touch", "--", "spectrograms")
    assert measured(world) == {"evaluate_model": 9, **REPORTS}
    snakemake(world, "--touch")
    assert planned(world) == {}
    after = {path: path.read_bytes() for path in world.glob("results/**/*") if path.is_file()}
    assert after == before
    text(EVALUATION, "1e-12", "2e-12")(world)
    assert measured(world) == {"evaluate_model": 9, **REPORTS}


@pytest.mark.parametrize("group", SEQUENCES)
def test_edits_carried_out_end_with_nothing_to_do(lived, group):
    edit, jobs = SEQUENCES[group]
    edit(lived)
    assert measured(lived) == jobs
    make_tables(lived)
    # Figures are drawn once, when all has been edited.
    assert measured(lived) == {"figures": True}


def test_what_was_edited_and_run_again_equals_one_run_from_scratch(lived, tmp_path):
    snakemake(lived)
    assert planned(lived) == {}
    touch_everything(lived)
    assert planned(lived) == {}
    ignore = shutil.ignore_patterns("results", "logs", ".snakemake")
    scratch = Path(shutil.copytree(lived, tmp_path / "world", ignore=ignore))
    make_tables(scratch)
    tables = [
        path.relative_to(scratch)
        for path in scratch.glob("results/**/*.[ct]sv")
        if not {path.stem, *path.parts}.intersection(TIMED)
    ]
    assert {Path(f"results/{name}.csv") for name in TABLES} <= set(tables)
    for path in tables:
        assert (lived / path).read_bytes() == (scratch / path).read_bytes(), path
        assert names()[5] not in (lived / path).read_text(), path
    found = {row["recording"] for row in read(lived / "results/recordings.csv")}
    assert found == {*names()[:5], NEW}
