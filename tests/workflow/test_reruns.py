"""What runs again after which edit: counted in plans, and told in docs/reruns.md."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, names, planned, snakemake
from edits import (
    ADD_RECIPE,
    ALL_RUNS,
    DRAWING,
    EVALUATION,
    FIGURES,
    GIVEN,
    IMAGES,
    LABELS,
    MASKING,
    ONE_SHARD,
    REPORT,
    REPORTS,
    SMALL,
    SPECTROGRAMS,
    TEMPLATE,
    TUNING,
    add_hearing,
    add_recording,
    add_species,
    annotate,
    edits,
    make_tables,
    measured,
    move_first_call,
    move_first_row,
    nothing,
    place_sites,
    remove_recording,
    replace_recording,
    reword_errors,
    setting,
    spare_definitions,
    state,
    text,
    touch_everything,
    use_a_table,
    write_config_otherwise,
    write_otherwise,
)

DOCS = ROOT / "docs/reruns.md"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->"
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
    "tables": ("tables", "check_recordings", "collect_recordings", "collect_annotations"),
    "figures": ("figures",),
}


@dataclass(frozen=True)
class Row:
    """An edit of a copy of a finished world, in the user's words, and the jobs that it starts.

    Slow are those of which `make test` has another of the same kind.
    """

    what: str
    edit: Callable[[Path], None]
    jobs: dict[str, int | bool]
    of: str = "finished"
    slow: bool = False


# What each is an edit of: a fixture.
BASES = {
    "finished": "built",
    "no run": "unbuilt",
    "with a table": "with_a_table",
    "with two recipes": "with_two_recipes",
}
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
    Row(
        "annotations: a table that says what is known: no call where none is annotated",
        state(f"{names()[4]},4,6,HIGH,no"),
        {"collect_annotations": 1, **REPORTS},
        slow=True,
    ),
    Row(
        "annotations: a table that says what was listened to of a recording of the test part",
        state(f"{names()[4]},0,10,,listened"),
        LABELS | {"train_model": 1},
        slow=True,
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
    Row(
        "code: a function and a constant that nobody uses, in every module",
        spare_definitions,
        {},
        slow=True,
    ),
    Row(
        "code: a caption of a table", text(REPORT, "", "Other words. "), {"tables": True}, slow=True
    ),
    Row(
        "code: how tables of the report look",
        text(TEMPLATE, "STEP = 200", "STEP = 100"),
        {"tables": True},
        slow=True,
    ),
    Row(
        "code: how figures are drawn",
        text(FIGURES, '"savefig.dpi": 200', '"savefig.dpi": 201'),
        {"figures": True},
    ),
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
        slow=True,
    ),
    Row("code: how spectrograms are computed", DRAWING, IMAGES, slow=True),
    Row("recordings: one added", add_recording, ONE_SHARD | {"collect_annotations": 1}),
    Row("recordings: one removed", remove_recording, ONE_SHARD | {"collect_annotations": 1}),
    Row(
        "recordings: one replaced, under the same name",
        replace_recording,
        ONE_SHARD | {"collect_annotations": 1},
        slow=True,
    ),
    Row("config: `project`", setting("project", "other"), {"tables": True}),
    Row(
        "config: defaults written out, keys in another order, 5 for 5.0, paths from / or ./",
        write_config_otherwise,
        {},
    ),
    Row(
        "config: `sites`, a table of coordinates",
        place_sites,
        {"collect_recordings": 1, **REPORTS},
    ),
    Row(
        "config: `recordings.time_zone`, where no clock is changed in these weeks",
        setting("recordings", "time_zone", "America/Sao_Paulo"),
        {"collect_recordings": 1, **REPORTS},
        slow=True,
    ),
    Row(
        "config: `audio.on_error: fail`, where no recording is left out",
        setting("audio", "on_error", "fail"),
        {"collect_recordings": 1, **REPORTS},
        slow=True,
    ),
    Row(
        "config: `annotations.format`, which all files have anyway",
        setting("annotations", "format", "audacity"),
        {"collect_annotations": 1, **REPORTS},
    ),
    Row(
        "config: `training.engine`, and 5 of 9 runs are trained by epochs",
        setting("training", "engine", "tensorflow"),
        {"train_model": 5, "evaluate_model": 5, **REPORTS},
        slow=True,
    ),
    Row("config: `clips.keep`", setting("clips", "keep", True), {"tables": True}, slow=True),
    Row(
        "config: `evaluation.resamples`",
        setting("evaluation", "resamples", 200),
        {"evaluate_model": 9, **REPORTS},
    ),
    Row("config: `labelling.rule`", setting("labelling", "rule", "any"), ALL_RUNS, slow=True),
    Row(
        "config: a species added, and annotations of it",
        add_species,
        {"label_clips": 8, "collect_annotations": 1, **ALL_RUNS},
        slow=True,
    ),
    Row(
        "config: `learning_rate` of a recipe that one run uses",
        setting("recipes", "quick", "learning_rate", 0.02),
        {"train_model": 1, "evaluate_model": 1, **REPORTS},
        of="with two recipes",
        slow=True,
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
        slow=True,
    ),
    Row(
        "config: a dataset added, of techniques that are computed already",
        setting("datasets", "masked", ["original", "time_mask"]),
        {"train_model": 4, "evaluate_model": 4, **REPORTS},
        slow=True,
    ),
    Row(
        "config: a split added, of 2 folds",
        setting("splits", "again", GIVEN),
        {"assign_roles": 1, "train_model": 2, "evaluate_model": 2, **REPORTS},
        slow=True,
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
        slow=True,
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
        slow=True,
    ),
    Row("config: `spectrogram.top_db`", setting("spectrogram", "top_db", 60), IMAGES, slow=True),
]


@pytest.fixture(scope="module")
def with_two_recipes(built, copied):
    """The finished world after one more run, of a recipe of its own; not to be changed."""
    world = copied(built)
    ADD_RECIPE(world)
    make_tables(world)
    return world


@pytest.fixture(scope="module")
def with_a_table(built, copied):
    """The finished world, its annotations in one table; not to be changed."""
    world = copied(built)
    use_a_table(world)
    return world


def wanted(items):
    """Rows that tests ask for: one each, or all that the docs have."""
    items = [item for item in items if "plans" in item.fixturenames]
    rows = [item.callspec.params["row"] for item in items if hasattr(item, "callspec")]
    return rows if len(rows) == len(items) else [FIRST, *ROWS]


@pytest.fixture(scope="module")
def plans(request, tmp_path_factory):
    """What would run after each edit, and in the first run; two plans are made at a time."""
    folder = tmp_path_factory.mktemp("rows")
    rows = wanted(request.session.items)
    bases = {row.of: request.getfixturevalue(BASES[row.of]) for row in rows}

    def plan(row):
        world = Path(shutil.copytree(bases[row.of], folder / str(hash(row.what))))
        row.edit(world)
        jobs = measured(world)
        shutil.rmtree(world)
        return jobs

    with ThreadPoolExecutor(2) as pool:
        return {row.what: pool.submit(plan, row) for row in rows}


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, id=row.what, marks=[pytest.mark.slow] if row.slow else []) for row in ROWS],
)
def test_an_edit_starts_the_jobs_that_it_must_and_no_other(plans, row):
    assert plans[row.what].result() == row.jobs


@pytest.mark.slow
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
