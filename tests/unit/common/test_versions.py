"""Versions of libraries: gathered, and told where they differ."""

from importlib.metadata import version

from anurans.common.versions import installed, merge_versions, version_notes


def test_versions_of_several_results_are_gathered():
    found = merge_versions([{"numpy": "1.0", "h5py": "3.0"}, {"numpy": "1.0, 2.0"}])
    assert found == {"h5py": "3.0", "numpy": "1.0, 2.0"}


def test_what_was_made_with_what_is_installed_is_not_worth_a_word():
    assert list(version_notes({"numpy": version("numpy"), "not-installed-here": "1"})) == []
    assert installed("not-installed-here") == ""


def test_other_versions_are_told():
    (mixed,) = version_notes({"numpy": "1.0, 2.0"})
    assert mixed.startswith("Not everything was made with the same version of numpy (1.0, 2.0)")
    (other,) = version_notes({"numpy": "0.1"})
    assert other.startswith(f"Made with numpy 0.1 (now {version('numpy')})")
