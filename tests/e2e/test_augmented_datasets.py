"""Augmented datasets through the whole workflow, and the proof that none of them leaks."""

import pytest
import yaml
from conftest import CONFIG, names, planned, read, refused, snakemake, write_config

RUN = "results/training/given/small"


def labels(world, technique):
    tables = sorted(world.glob(f"results/labels/{technique}/*.tsv"))
    return {row["clip"]: row for path in tables for row in read(path, "\t")}


def test_every_technique_has_its_clips(built):
    rows = {(r["dataset"], r["technique"]): r for r in read(built / "results/tables/datasets.csv")}
    counts = {"original": 24, "time_stretch": 30, "time_mask": 24, "frequency_mask": 72, "all": 150}
    assert {t: int(rows["combined", t]["n_clips"]) for t in counts} == counts
    assert set(rows) == {
        ("original", "original"),
        ("original", "all"),
        *(("combined", technique) for technique in counts),
    }
    positives = [int(rows["combined", t]["positives_LOW"]) for t in counts]
    assert positives[-1] == sum(positives[:-1])


def test_labels_of_copies_are_those_of_the_annotations(built):
    # LOW is at 1 to 4 s and 11 to 14.5 s: at a rate of 0.8 at 1.25 to 5 s and 13.75 to 18.125 s.
    stretched = labels(built, "time_stretch")
    first = names()[0]
    found = [
        float(stretched[f"{first}_{start:07d}~time_stretch1"]["LOW_overlap"])
        for start in range(0, 20000, 4000)
    ]
    assert found == [3.75, 0.0, 1.25, 3.125, 0.0]
    masked, original = labels(built, "time_mask"), labels(built, "original")
    less = [
        (float(row["LOW_overlap"]), float(original[clip.split("~")[0]]["LOW_overlap"]))
        for clip, row in masked.items()
    ]
    # A fifth of each clip is masked: never more is covered, and somewhere less.
    assert all(masked <= whole <= masked + 1.02 for masked, whole in less)
    assert any(masked < whole for masked, whole in less)
    # These annotations have no frequencies, so that no frequency mask can drop a call.
    for clip, row in labels(built, "frequency_mask").items():
        whole = original[clip.split("~")[0]]
        assert row["LOW_overlap"] == whole["LOW_overlap"]


def test_copies_are_trained_on_and_originals_alone_judged(built):
    clips = read(built / RUN / "combined/linear/fold-1/clips.tsv", "\t")
    techniques = {(row["role"], row["technique"]) for row in clips}
    kinds = ("original", "time_stretch", "time_mask", "frequency_mask")
    assert techniques == {("validation", "original"), *(("train", kind) for kind in kinds)}
    trained = {row["recording"] for row in clips if row["role"] == "train"}
    assert len(trained) == 1
    assert sum(row["technique"] == "frequency_mask" for row in clips) == 12
    judged = read(built / RUN / "combined/linear/fold-1/predictions.tsv", "\t")
    assert len(judged) == 24
    assert not any("~" in row["clip"] for row in judged)


def test_every_run_has_its_certificate(built):
    rows = read(built / "results/checks/leakage.csv")
    assert len(rows) == 9
    for row in rows:
        by_clip = row["by"] == "clip"
        assert row["verdict"] == ("leaks by design" if by_clip else "ok")
        assert (row["recordings_crossing"] != "0") == by_clip
        assert row["copies_overlapping"] == row["groups_crossing"] == "0"
        assert (row["copies_train"] != "0") == (row["dataset"] == "combined")


def test_a_leak_stops_the_workflow_with_its_name(world):
    before = (world / "results/summary.csv").read_bytes()
    path = world / RUN / "original/linear/fold-1/clips.tsv"
    judged = f"{names()[4]}_0005000\t{names()[4]}"
    with path.open("a") as file:
        file.write(f"train\t{judged}\toriginal\t5.000000\t10.000000{4 * chr(9)}\t1\t0\n")
    message = refused(world)
    assert f"{RUN}/original/linear/fold-1/clips.tsv: 1 clips stand on two sides: " in message
    assert f"{names()[4]}_0005000" in message
    assert "Traceback" not in message
    assert (world / "results/summary.csv").read_bytes() == before


def test_optimism_compares_the_same_model_under_both_splits(built):
    (row,) = read(built / "results/tables/optimism.csv")
    assert (row["leaky"], row["split"], row["by"], row["subset"]) == (
        "clip",
        "given",
        "file",
        "test",
    )
    models = {
        (r["split"], r["dataset"], r["subset"]): r
        for r in read(built / "results/tables/models.csv")
        if r["recipe"] == "linear"
    }
    assert set(models) == {
        ("clip", "original", "test"),
        *(("given", d, s) for d in ("combined", "original") for s in ("held_out", "test")),
    }
    honest, leaky = (models[s, "original", "test"]["f1_macro"] for s in ("given", "clip"))
    assert (row["f1_macro"], row["f1_macro_leaky"]) == (honest, leaky)
    assert float(row["difference"]) == pytest.approx(float(leaky) - float(honest), abs=2e-6)


@pytest.mark.slow
def test_the_protocol_of_the_study_can_be_measured_and_is_marked(world):
    config = yaml.safe_load(yaml.safe_dump(CONFIG))
    config["splits"]["study"] = config["splits"]["clip"] | {"validation": "test"}
    config["experiments"]["optimism"]["splits"] = ["given", "study"]
    write_config(world, config)
    assert "splits.study.validation: is test" in refused(world, "-n")
    config["splits"]["study"]["allow_leak"] = True
    write_config(world, config)
    done = snakemake(world, "summary", "tables")
    assert "The split study leaks by design" in done.stdout + done.stderr
    rows = read(world / "results/checks/leakage.csv")
    verdicts = {row["split"]: row["verdict"] for row in rows}
    assert verdicts == {"given": "ok", "study": "leaks by design"}
    (row,) = (row for row in rows if row["split"] == "study")
    assert row["clips_validation"] == row["clips_test"] == row["clips_crossing"] != "0"
    for table in ("summary.csv", "tables/models.csv", "tables/labelling.csv"):
        marks = {(r["split"], r["leaks"]) for r in read(world / "results" / table)}
        assert marks == {("given", "no"), ("study", "by design")}
    (row,) = read(world / "results/tables/optimism.csv")
    assert (row["leaky"], row["split"]) == ("study", "given")


def test_every_run_is_judged_under_each_rule_by_grade(built):
    rows = read(built / "results/tables/labelling.csv")
    summary = read(built / "results/summary.csv")
    run = {"split": "given", "dataset": "original", "recipe": "linear", "fold": "1"}
    mine = [r for r in rows if run.items() <= r.items()]
    assert {row["labelling"] for row in mine} == {"default", "any", "contained"}
    assert {row["grade"] for row in mine} == {"all", "clear"}
    (found,) = [
        r["f1"]
        for r in mine
        if (r["labelling"], r["subset"], r["species"], r["grade"])
        == ("default", "test", "LOW", "all")
    ]
    (expected,) = [r["f1_LOW"] for r in summary if (run | {"subset": "test"}).items() <= r.items()]
    assert found == expected


@pytest.mark.slow
def test_copies_can_be_restricted_to_clips_with_calls_of_a_species(fresh):
    config = yaml.safe_load(yaml.safe_dump(CONFIG))
    config["augmentation"]["species"] = ["LOW"]
    write_config(fresh, config)
    targets = [
        f"results/labels/{t}/{s}.tsv" for t in ("time_mask", "original") for s in ("0000", "0001")
    ]
    snakemake(fresh, *targets)
    original = labels(fresh, "original")
    called = {clip for clip, row in original.items() if float(row["LOW_overlap"])}
    assert {clip.split("~")[0] for clip in labels(fresh, "time_mask")} == called
    # A call in a clip that had none is a new copy: now annotations do touch the images.
    path = fresh / f"annotations/{names()[0]}.txt"
    path.write_text(path.read_text() + "16.0\t18.0\tLOW_C\n")
    assert planned(fresh, *targets)["plan_masks"] == 1
    snakemake(fresh, *targets)
    assert f"{names()[0]}_0015000~time_mask1" in labels(fresh, "time_mask")


@pytest.mark.fault(
    "Annotations",
    "a species of the config that no annotation names, such as a misspelt code",
    sees="LOWW (did you mean LOW?)",
    kept="nothing starts",
)
def test_no_salt_is_suggested_for_a_species_that_is_annotated_nowhere(fresh, sees):
    config = yaml.safe_load(yaml.safe_dump(CONFIG))
    config["species"] |= {"LOWW": "Misspelt"}
    config["splits"]["dealt"] = {"test": 0.3, "folds": 2, "validation": 0.4}
    write_config(fresh, config)
    message = refused(fresh, "suggest_salt")
    assert sees in message
    assert "species: found in no annotation, so splits." in message
    # Let through, it is left out of what is balanced.
    for split in config["splits"].values():
        split["allow_missing"] = ["LOWW"]
    write_config(fresh, config)
    assert "is the most even of 256" in snakemake(fresh, "suggest_salt").stdout


def test_a_salt_is_suggested_from_annotations_alone(fresh):
    config = yaml.safe_load(yaml.safe_dump(CONFIG))
    config["splits"]["dealt"] = {"test": 0.3, "folds": 2, "validation": 0.4, "salt": "0"}
    write_config(fresh, config)
    done = snakemake(fresh, "suggest_salt")
    rows = read(fresh / "results/checks/salts.csv")
    assert f'Split dealt: salt: "{rows[0]["salt"]}" is the most even of 256' in done.stdout
    assert "Split given: by file, for which no salt is suggested." in done.stdout
    full = [float(r["imbalance"]) for r in rows if r["every_species_in_every_part"] == "yes"]
    assert full and full == sorted(full)
    config["splits"]["dealt"]["salt"] = rows[0]["salt"]
    config["experiments"] = {"all": {"splits": ["dealt"]}}
    write_config(fresh, config)
    assert planned(fresh, "results/summary.csv")["train_model"] == 8
