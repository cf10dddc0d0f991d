"""What runs again after which edit, counted in the plan of a finished tiny world."""

import yaml
from conftest import names, planned, snakemake, write_config


def config_of(world):
    return yaml.safe_load((world / "config/config.yaml").read_text())


def move_first_call(world, recording):
    path = world / f"annotations/{recording}.txt"
    first, *others = path.read_text().splitlines(keepends=True)
    start, end, label = first.split("\t")
    path.write_text("".join([f"{float(start) + 0.1:.6f}\t{end}\t{label}", *others]))


def test_nothing_to_do_after_a_run_nor_after_touching_sources(world):
    assert planned(world) == {}
    for path in [*world.glob("recordings/*"), *world.glob("annotations/*")]:
        path.touch()
    for path in world.glob("workflow/scripts/**/*.py"):
        path.touch()
    assert planned(world) == {}


def test_a_corrected_test_recording_retrains_nothing(world):
    move_first_call(world, names()[4])
    assert planned(world) == {
        "collect_annotations": 1,
        "label_clips": 1,
        "evaluate_model": 2,
        "summarize_runs": 1,
    }
    before = (world / "results/summary.csv").read_text()
    snakemake(world, "results/summary.csv")
    assert planned(world) == {}
    assert len((world / "results/summary.csv").read_text()) == len(before)


def test_a_corrected_held_out_recording_retrains_the_other_folds_only(world):
    move_first_call(world, names()[0])  # of fold 1
    plan = planned(world)
    assert plan["train_model"] == 1
    assert plan["label_clips"] == 1
    assert not {"cut_clips", "compute_spectrograms", "embed_spectrograms"} & set(plan)


def test_other_species_and_line_endings_change_the_annotation_table_at_most(world):
    path = world / f"annotations/{names()[0]}.txt"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert planned(world) == {}
    path.write_bytes(path.read_bytes() + b"1.000000\t2.000000\tOTHER_F\r\n")
    assert planned(world) == {"collect_annotations": 1, "summarize_runs": 1}


def test_code_counts_and_comments_do_not(world):
    path = world / "workflow/scripts/anurans/spectrograms.py"
    text = path.read_text()
    path.write_text(
        text.replace('"""Spectrogram images of clips."""', '"""Other words."""\n# Why.')
    )
    assert planned(world) == {}
    path.write_text(text.replace("AMIN = 1e-10", "AMIN = 1e-9"))
    plan = planned(world)
    assert plan["compute_spectrograms"] == 2
    assert plan["train_model"] == 2
    assert "inspect_recordings" not in plan
    assert "label_clips" not in plan


def test_each_key_of_the_config_triggers_its_own_jobs(world):
    config = config_of(world)
    config["labelling"] = {"rule": "any"}
    write_config(world, config)
    plan = planned(world)
    assert plan["evaluate_model"] == 2
    assert not {"label_clips", "embed_spectrograms", "cut_clips"} & set(plan)

    config = config_of(world)
    del config["labelling"]
    config["recipes"]["quick"] = config["recipes"]["linear"] | {"epochs": 1}
    write_config(world, config)
    assert planned(world) == {"train_model": 2, "evaluate_model": 2, "summarize_runs": 1}


def test_an_added_recording_costs_one_shard_of_audio_work(world):
    (world / "recordings/NEW_20210120_200000.wav").write_bytes(
        (world / f"recordings/{names()[0]}.wav").read_bytes()
    )
    with (world / "folds.csv").open("a") as file:
        file.write("NEW_20210120_200000,test\n")
    plan = planned(world)
    assert {plan[rule] for rule in ("inspect_recordings", "cut_clips", "embed_spectrograms")} == {1}
    assert "export_backbone" not in plan
