"""What a search looks for, in which recordings, and by which network."""

import pytest
import yaml
from conftest import CONFIG, make_recording, names

from anurans.common.errors import UserError
from anurans.plan.plan import Plan


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Give a function that plans a config in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for folder in ("recordings", "annotations", "new"):
        (tmp_path / folder).mkdir()
    for name in names():
        (tmp_path / f"recordings/{name}.wav").touch()
        (tmp_path / f"annotations/{name}.txt").touch()
    make_recording(tmp_path / "new/N_20210210_203000.wav", {}, 1)
    (tmp_path / "call.wav").touch()
    (tmp_path / "folds.csv").write_text(
        "recording,fold\n" + "".join(f"{name},{n % 2 + 1}\n" for n, name in enumerate(names()))
    )

    def make(search=None, **given):
        return Plan(
            yaml.safe_load(
                yaml.safe_dump(CONFIG | given | {"search": search or {}}, sort_keys=False)
            )
        )

    return make


EXAMPLE = {"example": "call.wav", "start": 1, "end": 2}
EAR = {"architecture": "sound", "weights": "ear.onnx", "sr": 8000, "window": 3}


@pytest.mark.fault(
    "Review",
    "`snakemake search` without anything to look for",
    sees="search: say what to look for, a call in a file or a species that is annotated",
    kept="nothing starts",
)
def test_a_search_says_what_it_lacks(plan, sees):
    with pytest.raises(UserError, match=sees):
        plan().search.all()


@pytest.mark.fault(
    "Review",
    "`search.example` names a file that is not there",
    sees="search.example: gone.wav is not there",
    kept="nothing starts",
)
def test_an_example_that_is_not_there(plan, sees):
    with pytest.raises(UserError, match=sees):
        plan(EXAMPLE | {"example": "gone.wav"}).search.all()


def test_an_example_needs_the_network_and_no_annotations(plan):
    search = plan(EXAMPLE).search
    assert search.all() == ["results/review/search.html"]
    assert "results/backbones/small/about.json" in search.network()
    assert search.example() == ["call.wav"]
    assert search.channel() == "mix"
    assert search.annotations() == [] and search.annotations_digest() is None
    assert search.species() == list(CONFIG["species"])
    # Nothing has to be trained.
    assert all("/original/" in path for path in search.stored()) and search.stored()


def test_a_label_needs_annotations_and_no_network(plan, tmp_path):
    search = plan({"label": "LOW"}).search
    assert search.network() == search.example() == [] and search.annotations()
    assert search.species() == ["LOW"]
    before = search.annotations_digest()
    (tmp_path / f"annotations/{names()[0]}.txt").write_text("1\t2\tLOW\n")
    assert plan({"label": "LOW"}).search.annotations_digest() != before


def test_the_network_is_named_or_that_of_the_model_or_one_that_takes_sound(plan, tmp_path):
    (tmp_path / "ear.onnx").touch()
    backbones = CONFIG["backbones"] | {"ear": EAR}
    given = {"backbones": backbones}
    assert plan(EXAMPLE).search.backbone() == "small"
    assert plan(EXAMPLE, **given).search.backbone() == "ear"
    new = {"recordings": {"source": "new"}, "model": "given/small/original/linear"}
    assert plan(EXAMPLE, detection=new, **given).search.backbone() == "small"
    named = plan(EXAMPLE | {"backbone": "ear"}, detection=new, **given).search
    assert named.backbone() == "ear" and "/ear/" in named.stored()[0]
    assert "results/backbones/ear/model.keras" not in named.network()


def test_new_recordings_are_searched_where_it_is_asked_for(plan):
    new = {"recordings": {"source": "new"}}
    assert plan(EXAMPLE, detection=new).search.new() == []
    found = plan(EXAMPLE | {"new": True}, detection=new)
    assert found.search.new() == ["results/review/embeddings/all/20210210.h5"]
    tables = ["results/recordings.csv", "results/detections/recordings.csv"]
    assert found.review.recordings_tables("search") == tables
    with pytest.raises(UserError, match="does not say what to detect calls in"):
        plan(EXAMPLE | {"new": True}).search.all()


def test_a_search_changes_nothing_of_what_is_trained(plan):
    assert plan(EXAMPLE).trained_config == plan().trained_config
