"""Edits that are carried out, one after another: the end is that of one run from scratch."""

import shutil
from pathlib import Path

import pytest
from conftest import names, planned, read, snakemake
from edits import (
    EVALUATION,
    MASKING,
    NEW,
    ONE_SHARD,
    REPORTS,
    SPECTROGRAMS,
    add_recording,
    annotate,
    edits,
    make_tables,
    measured,
    move_first_call,
    remove_recording,
    replace_recording,
    setting,
    text,
    touch_everything,
)
from products import TIMED

pytestmark = pytest.mark.slow
TABLES = ("summary", "recordings", "annotations", "checks/leakage", "tables/models")

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
        | dict.fromkeys(("check_recordings", "collect_recordings", "collect_annotations"), 1)
        | {"assign_roles": 1, "train_model": 2, "evaluate_model": 2, **REPORTS},
    ),
}


@pytest.fixture(scope="module")
def lived(built, copied):
    """A world that is edited and run again and again."""
    return copied(built)


@pytest.mark.parametrize("group", SEQUENCES)
def test_edits_carried_out_end_with_nothing_to_do(lived, group):
    edit, jobs = SEQUENCES[group]
    edit(lived)
    assert measured(lived) == jobs
    make_tables(lived)
    # Figures are drawn once, when all has been edited.
    assert measured(lived) == {"figures": True}


@pytest.mark.usefixtures("otherwise_hashed")
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
