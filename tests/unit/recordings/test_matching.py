"""Which recording a name in annotations means."""

import pytest

from anurans.recordings.matching import by_name, file_name, find_named, find_owner, means

NAMES = by_name(["siteA/20240121_203000", "siteB/20240121_203000", "pond"])


@pytest.mark.parametrize(
    "name",
    [
        "siteA/20240121_203000",
        "siteA/20240121_203000.WAV",
        "siteA\\20240121_203000.WAV",
        "D:\\cards\\siteA\\20240121_203000.flac",
        "/media/me/rec/siteA/20240121_203000.wav",
        "./siteA/20240121_203000.mp3",
        "siteA%2F20240121_203000",
    ],
)
def test_a_path_means_the_recording_of_its_folder(name):
    assert find_named(name, NAMES) == "siteA/20240121_203000"


@pytest.mark.parametrize("name", ["20240121_203000.WAV", "siteC/20240121_203000.WAV", "siteA", ""])
def test_without_its_folder_a_name_means_none(name):
    assert find_named(name, NAMES) is None


def test_folders_before_an_id_without_any_do_not_matter():
    assert find_named("anywhere/pond.wav", NAMES) == "pond"


@pytest.mark.parametrize(
    ("path", "recording"),
    [
        ("siteA/20240121_203000.txt", "siteA/20240121_203000"),
        ("labels/siteB/20240121_203000.Table.1.selections.txt", "siteB/20240121_203000"),
        ("20240121_203000.txt", None),
        ("deep/pond.wav.txt", "pond"),
    ],
)
def test_label_files_lie_in_the_same_folders(path, recording):
    assert find_owner(path, NAMES) == recording


def test_a_file_about_a_recording_may_leave_its_folders_out():
    one = "2024/siteA/20240121_203000"
    for name in ("20240121_203000.WAV", "siteA/20240121_203000", "rec/2024/siteA/20240121_203000"):
        assert means(name, one)
    for name in ("siteB/20240121_203000.WAV", "20240121_213000.WAV", "siteA"):
        assert not means(name, one)


def test_results_keep_the_folders_and_leave_none():
    assert file_name("siteA/x", ".txt") == "siteA/x.txt"
    for odd in ("../x", "/etc/x", "a//x", "./x", "a/../../x"):
        assert "/" not in file_name(odd, ".txt")
        assert find_named(file_name(odd), by_name([odd])) == odd
