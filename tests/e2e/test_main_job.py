"""The main job from recordings to the table of scores, and the mistakes that users make."""

import json
import subprocess
import sys

import soundfile as sf
import yaml
from conftest import CALLS, CONFIG, names, read, refused, snakemake, write_config

RUN = "results/training/given/small/original/linear"


def test_summary_has_a_row_for_each_fold_and_part(built):
    rows = read(built / "results/summary.csv")
    keys = ("split", "dataset", "recipe", "fold", "subset")
    runs = [tuple(row[key] for key in keys) for row in rows]
    parts = ("held_out", "test", "validation")
    assert sorted(runs) == [
        *(("clip", "original", "linear", "all", part) for part in parts[1:]),
        *(
            ("given", dataset, recipe, fold, part)
            for dataset in ("combined", "original")
            for recipe in ("linear", "logistic")
            for fold in ("1", "2")
            for part in parts
        ),
    ]
    experiments = {run: row["experiments"] for run, row in zip(runs, rows, strict=True)}
    assert experiments["given", "original", "linear", "1", "test"] == "datasets optimism"
    assert experiments["given", "original", "logistic", "1", "test"] == "heads"
    # Epochs are of recipes that have them; whether it converged is told of all.
    for row in rows:
        assert (row["epochs"] == "20") == (row["recipe"] == "linear")
        assert row["converged"] in (("yes",) if row["recipe"] == "logistic" else ("yes", "no"))
    model = {"split": "given", "dataset": "original", "recipe": "linear"}
    rows = [row for row in rows if model.items() <= row.items()]
    for row in rows:
        run = [row[key] for key in ("split", "backbone", "weights", "dataset", "recipe")]
        assert run == ["given", "small", "random", "original", "linear"]
        assert row["labelling"] == "default"
        assert row["threshold_source_LOW"] == "tuned"
        assert 0 <= float(row["f1_macro"]) <= 1
    assert [row["n_clips"] for row in rows] == ["8", "8", "4", "8", "8", "4"]


def test_labels_are_the_calls_of_the_annotations(built):
    labels = [
        row
        for path in sorted(built.glob("results/labels/original/*.tsv"))
        for row in read(path, "\t")
    ]
    assert len(labels) == 24
    first = {row["start"]: row for row in labels if row["recording"] == names()[0]}
    assert first["0.000000"]["LOW_overlap"] == "3.000000"
    assert first["10.000000"]["LOW_overlap"] == "3.500000"
    assert first["0.000000"]["LOW_grade"] == "clear"
    assert first["5.000000"]["LOW_overlap"] == "0.000000"
    assert first["5.000000"]["HIGH_contained"] == "1"


def test_scores_fit_the_labels_of_the_training_clips(built):
    """A head that has learnt its few clips by heart: a scrambled join of tables would show."""
    rows = read(built / RUN / "fold-1/predictions.tsv", "\t")
    train = [row for row in rows if row["role"] == "train"]
    for species in ("LOW", "HIGH"):
        assert len({row[f"label_{species}"] for row in train}) == 2
        for row in train:
            assert (float(row[f"score_{species}"]) > 0.5) == (row[f"label_{species}"] == "1")


def test_predictions_cover_every_annotated_clip_once(built):
    rows = read(built / RUN / "fold-1/predictions.tsv", "\t")
    assert len({row["clip"] for row in rows}) == len(rows) == 24
    assert {row["role"] for row in rows} == {"train", "validation", "held_out", "test"}


def test_everything_is_logged_and_measured(built):
    log = (built / "logs/train_model/given/small/original/linear/fold-1.log").read_text()
    assert "epoch 20: loss" in log
    assert "train: 4 original clips" in log
    assert (
        built / "results/benchmarks/train_model/given/small/original/linear/fold-1.tsv"
    ).exists()
    console = (built / "console.txt").read_text()
    assert "steps (100%) done" in console
    assert "F1 macro" in console
    assert "weights of small are random" in console


def test_whole_model_takes_an_image_and_gives_the_stored_scores(world):
    target = f"{RUN}/fold-1/model.keras"
    snakemake(world, target)
    program = f"""
import h5py, keras, numpy as np
with h5py.File("{RUN}/fold-1/scores.h5") as file:
    stored, clip = file["data"][0], file["clips/clip"][0]
for shard in ("0000", "0001"):
    with h5py.File(f"results/spectrograms/original/{{shard}}.h5") as file:
        ids = file["clips/clip"][:]
        if clip in ids:
            image = file["data"][list(ids).index(clip)]
model = keras.saving.load_model("{target}")
found = np.asarray(model(image[None]))[0]
assert np.allclose(found, stored, atol=0.01), (found, stored)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=world, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_stage_targets_stop_at_their_stage(fresh):
    snakemake(fresh, "labels")
    assert (fresh / "results/annotations.csv").exists()
    assert not (fresh / "results/spectrograms").exists()


def test_a_table_of_recordings_and_one_of_annotations(fresh):
    config = yaml.safe_load(yaml.safe_dump(CONFIG))
    config["recordings"]["source"] = "recordings.csv"
    config["annotations"] = {"source": "calls.csv", "columns": {"recording": "fname"}}
    write_config(fresh, config)
    rows = [f"{name},recordings/{name}.wav,left\n" for name in names()]
    (fresh / "recordings.csv").write_text("recording,path,channel\n" + "".join(rows))
    rows = [
        f"{name}.wav,{start},{end},{species}\n"
        for name, calls in zip(names()[:5], CALLS[:5], strict=True)
        for species, intervals in calls.items()
        for start, end in intervals
    ]
    (fresh / "calls.csv").write_text("fname,start,end,label\n" + "".join(rows))
    snakemake(fresh, "labels")
    labelled = [
        row for path in fresh.glob("results/labels/original/*.tsv") for row in read(path, "\t")
    ]
    assert len(labelled) == 20
    table = read(fresh / "results/annotations.csv")
    assert {"not annotated"} == {row["status"] for row in table if row["recording"] == names()[5]}


def test_a_wrong_key_is_refused_with_a_sentence(fresh):
    write_config(fresh, CONFIG | {"spectogram": {}})
    assert 'unknown key "spectogram" (did you mean spectrogram?)' in refused(fresh, "-n")


def test_a_malformed_annotation_names_file_and_line_before_any_job(fresh):
    path = fresh / f"annotations/{names()[1]}.txt"
    path.write_text(path.read_text() + "1,5\t2,0\tLOW_C\n")
    message = refused(fresh, "-n")
    assert f"{names()[1]}.txt" in message and "decimal comma" in message


def test_a_broken_recording_is_left_out_and_listed(fresh):
    broken = fresh / f"recordings/{names()[3]}.wav"
    broken.write_bytes(broken.read_bytes()[:200_000])
    snakemake(fresh, "results/recordings.csv")
    rows = {row["recording"]: row for row in read(fresh / "results/recordings.csv")}
    assert rows[names()[3]]["status"] == "quarantined"
    assert "cut short" in rows[names()[3]]["reason"]
    assert rows[names()[0]]["status"] == "ok"


def test_not_one_usable_recording_is_an_error(fresh):
    for path in fresh.glob("recordings/*.wav"):
        sf.write(path, [0.0] * 100, 22050)
    message = refused(fresh, "results/recordings.csv")
    assert "Not one recording can be used" in message
    assert not (fresh / "results/recordings.csv").exists()


def test_clips_are_refused_where_they_are_not_kept(fresh):
    assert "needs clips.keep: true" in refused(fresh, "-n", "clips")


def test_a_split_without_a_part_is_refused_before_any_job_with_a_salt(fresh):
    config = CONFIG | {"splits": {"thin": {"folds": 2, "test": 0.2}}, "experiments": {"all": {}}}
    for salt in range(40):
        config["splits"]["thin"]["salt"] = str(salt)
        write_config(fresh, config)
        done = snakemake(fresh, "-n", "results/summary.csv", check=False)
        if done.returncode:
            break
    message = done.stdout + done.stderr
    assert "splits.thin cannot be used" in message and "Set splits.thin.salt" in message
    assert not (fresh / "results").exists()


def test_another_config_file_stands_alone(fresh):
    other = CONFIG | {"backbones": {"other": CONFIG["backbones"]["small"]}}
    (fresh / "other.yaml").write_text(yaml.safe_dump(other))
    done = snakemake(fresh, "-n", "--configfile", "other.yaml", "--", "results/summary.csv")
    text = done.stdout + done.stderr
    assert "results/backbones/other" in text and "results/backbones/small" not in text


def test_shards_say_what_they_were_made_from(built):
    import h5py

    path = next(built.glob("results/embeddings/small/original/*.h5"))
    with h5py.File(path) as file:
        metadata = json.loads(file["metadata"][()].tobytes())
    assert metadata["clips"]["sr"] == 22050
    assert metadata["embedding"]["precision"] == "f32"
    assert all(len(about["sha256"]) == 64 for about in metadata["recordings"].values())
    assert {"scipy", "openvino", "keras"} <= set(metadata["versions"])
