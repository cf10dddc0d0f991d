"""A first look at folders, and the config that comes of it."""

from datetime import UTC, datetime

import pytest
import yaml
from conftest import ROOT

from anurans.common.errors import UserError
from anurans.plan import first_look
from anurans.plan.config import load
from anurans.plan.first_config import first_config
from anurans.plan.first_look import look
from anurans.recordings.device_headers import DeviceHeader

INCT41 = ROOT.parent / "shared/data/inct41_annotations"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give a function that makes files; one works in their folder."""
    monkeypatch.chdir(tmp_path)

    def make(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)

    return make


def nights(place, label="BOAALB", count=6, ending=".WAV"):
    """Recordings of so many nights, and their labels in a mirrored folder."""
    names = [f"{place}2024012{n}_203000" for n in range(count)]
    return {f"rec/{name}{ending}": "" for name in names} | {
        f"ann/{name}.txt": f"1\t2\t{label}\n" for name in names
    }


def test_recorders_with_equal_names_become_a_config_that_loads(folder):
    folder(nights("siteA/") | nights("siteB/", "Boana faber") | {"rec/siteA/notes.docx": ""})
    found = look("rec", "ann")
    assert found.id == "path"
    assert "12 recordings in rec (12 .wav); names repeat in folders, so that ids are paths." in (
        found.told
    )
    assert "2 sites: siteA (6), siteB (6)." in found.told
    assert "Files of kinds that are not read: .docx 1." in found.told
    first = first_config(found, "my-recordings.csv", "my-sites.csv")
    config = load(yaml.safe_load(first.text))
    assert config["species"] == {"BOAALB": "", "Boana-faber": "Boana faber"}
    assert config["annotations"]["labels"]["Boana-faber"] == ["Boana faber"]
    assert config["splits"]["honest"]["by"] == "night"
    row = {"recording": "siteB/20240125_203000", "path": "rec/siteB/20240125_203000.WAV"}
    assert row.items() <= first.rows[-1].items()
    assert (first.rows[-1]["site"], first.rows[-1]["date"]) == ("siteB", "2024-01-25")


def test_folders_are_sites_where_all_names_begin_alike(folder):
    folder(nights("siteA/REC_") | nights("siteB/REC_"))
    found = look("rec", "ann")
    assert "2 sites: siteA (6), siteB (6)." in found.told
    assert any(told.startswith("All names begin with REC, in 2 folders") for told in found.told)


def test_a_card_that_was_copied_twice_is_told(folder):
    files = nights("siteA/") | nights("siteB/")
    sounds = {name: f"sound {number}" for number, name in enumerate(files) if "WAV" in name}
    again = {name.replace("siteA", "siteA again"): text for name, text in sounds.items()}
    folder(files | sounds | {name: text for name, text in again.items() if "again" in name})
    (told,) = [line for line in look("rec", "ann").told if "twice" in line]
    assert told.startswith("6 files may be there twice")
    assert "such as siteA/20240120_203000 and siteA again/20240120_203000." in told


def test_labels_in_too_few_recordings_stand_in_comments(folder):
    files = nights("P_")
    files["ann/P_20240120_203000.txt"] += "3\t4\tRARE\n"
    folder(files)
    first = first_config(look("rec", "ann"), "r.csv", "s.csv")
    assert list(load(yaml.safe_load(first.text))["species"]) == ["BOAALB"]
    assert "# RARE: ''  # 1 call in 1 recording: too few for every part" in first.text
    assert "1 label in too few recordings stand in comments." in first.told


def test_without_a_species_that_can_be_judged_it_says_so(folder):
    folder(nights("P_", count=2))
    first = first_config(look("rec", "ann"), "r.csv", "s.csv")
    assert not first.runs and any("annotate more" in each for each in first.told)


def test_headers_say_that_names_are_in_utc_and_where_the_sites_are(folder, monkeypatch):
    folder(nights("P_"))

    def header(path):
        day = int(str(path)[-12])
        return DeviceHeader(datetime(2024, 1, 20 + day, 20, 30, tzinfo=UTC), -23.5, -46.0)

    monkeypatch.setattr(first_look, "read_device_header", header)
    found = look("rec", "ann")
    assert any("6 say that the time in the name is UTC" in each for each in found.told)
    first = first_config(found, "r.csv", "s.csv")
    assert first.rows[0]["time"] == "20:30:00Z"
    assert first.sites == [{"site": "P", "latitude": -23.5, "longitude": -46.0}]
    assert 'sites: "s.csv"' in first.text and "Times are known in UTC." in first.text
    # New recordings of the same recorders, whose names do not say it either.
    assert load(yaml.safe_load(first.text))["recordings"]["clock"] == "UTC"


def test_a_recorder_without_headers_keeps_its_own_clock(folder, monkeypatch):
    folder(nights("P_") | {"rec/Q_20240120_203000.WAV": "sound"})

    def header(path):
        return (
            None if "Q_" in str(path) else DeviceHeader(datetime(2024, 1, 20, 20, 30, tzinfo=UTC))
        )

    monkeypatch.setattr(first_look, "read_device_header", header)
    first = first_config(look("rec", "ann"), "r.csv", "s.csv")
    assert load(yaml.safe_load(first.text))["recordings"]["clock"] == "local"
    assert first.rows[-1]["time"] == "20:30:00"


def test_empty_files_are_told_and_do_not_hide_the_clock_of_the_others(folder, monkeypatch):
    files = nights("siteA/") | nights("siteB/")
    folder({name: text or "sound" for name, text in files.items()} | {"rec/siteA/x.WAV": ""})

    def header(path):
        day = int(str(path)[-12])
        return DeviceHeader(datetime(2024, 1, 20 + day, 20, 30, tzinfo=UTC))

    monkeypatch.setattr(
        first_look,
        "read_device_header",
        lambda path: None if "x.WAV" in str(path) else header(path),
    )
    found = look("rec", "ann")
    assert any(told.startswith("1 file of 0 bytes, such as siteA/x") for told in found.told)
    text = first_config(found, "r.csv", "s.csv").text
    assert "  clock: UTC" in text and "#   recordings: {source: season, id: path}" in text


@pytest.mark.parametrize("zone", [UTC, None])
def test_a_header_that_says_another_time_is_told(folder, monkeypatch, zone):
    folder(nights("P_"))
    header = DeviceHeader(datetime(2024, 1, 20, 17, 0, tzinfo=zone))
    monkeypatch.setattr(first_look, "read_device_header", lambda path: header)
    told = look("rec", "ann").told
    assert any(each.startswith("Name and header disagree in 6 recordings: P_2024") for each in told)


@pytest.mark.fault(
    "Annotations",
    "`snakemake start` where nothing is annotated",
    sees="has annotations of none of the 6 recordings",
    kept="nothing is written",
)
def test_nothing_annotated(folder, sees):
    folder({name: text for name, text in nights("P_").items() if name.startswith("rec")})
    with pytest.raises(UserError, match=sees):
        look("rec")
    with pytest.raises(UserError, match="ann is not a folder"):
        look("ann")


@pytest.mark.skipif(not INCT41.is_dir(), reason="no ../shared/data/inct41_annotations")
def test_the_label_files_of_inct41(folder):
    folder({f"rec/{path.stem}.wav": "" for path in INCT41.glob("*.txt")})
    found = look("rec", str(INCT41))
    assert "366 recordings annotated in" in " ".join(found.told)
    config = load(yaml.safe_load(first_config(found, "r.csv", "s.csv").text))
    assert list(config["species"])[:3] == ["BOAALB", "BOALUN", "PHYCUV"]
    assert (config["splits"]["honest"]["by"], config["splits"]["honest"]["folds"]) == ("night", 5)
