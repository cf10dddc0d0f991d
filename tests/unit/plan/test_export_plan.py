"""Which exports a config makes, and why it does not make others."""

from pathlib import Path

import pytest
import yaml

from anurans.common.errors import UserError
from anurans.exports.former_files import FIXED, HISTORIES
from anurans.plan.plan import Plan

ROOT = Path(__file__).parents[3]
SEASON = "resources/demo/season/recordings.csv"
NETWORK = "resources/demo/season/network.csv"
SITES = "resources/demo/season/network_sites.csv"
ZONE = {"time_zone": "America/Sao_Paulo"}


@pytest.fixture
def plan(monkeypatch):
    """Give a function that plans the demo with other new recordings and other sections."""
    monkeypatch.chdir(ROOT)
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    del demo["detection"]

    def make(new=None, zone=None, **settings):
        detection = {"detection": {"recordings": {"source": new}}} if new else {}
        recordings = {"recordings": demo["recordings"] | (zone or {})}
        return Plan(demo | recordings | detection | settings, "config")

    return make


def reasons(plan):
    return {row["export"].split(",")[0]: row["reason"] for row in plan.exports.rows()}


def test_without_new_recordings_nothing_of_them_is_made(plan):
    found = plan()
    assert found.exports.files() == ["results/exports/exports.csv"]
    told = reasons(found)
    assert told["one selection table for Raven"].startswith("the config has no detection")
    assert "has coordinates" in told["data package of the annotations"]


def test_what_is_made_follows_from_what_is_known(plan):
    bare, full = plan(SEASON), plan(NETWORK, ZONE, sites=SITES)
    assert (
        "no site of the recordings has coordinates"
        in reasons(bare)["data package of the new recordings"]
    )
    assert reasons(full)["data package of the new recordings"] == ""
    assert "results/exports/season/datapackage.json" not in bare.exports.files()
    assert "results/exports/season/datapackage.json" in full.exports.files()
    # Names of the demo tell a site, the same for all.
    assert "results/exports/occupancy/BOALUN.csv" in bare.exports.files()
    told = reasons(full)
    assert "nobody has confirmed" in told["Darwin Core occurrences"]
    assert "nobody has confirmed" in told["detection histories of what people confirmed"]


def test_with_verdicts_there_is_what_people_confirmed(plan, tmp_path):
    found = plan(NETWORK, ZONE, sites=SITES, review={"verdicts": ["verdicts.csv"]})
    files = found.exports.files()
    assert "results/exports/occupancy/confirmed/BOALUN.csv" in files
    assert "results/exports/occupancy/states/BOALUN.csv" in files
    assert "results/exports/occurrences.csv" in files
    listed = found.exports.listed()
    assert [row["file"] for row in listed if row["made"] == "yes"] == files[:-1]
    assert all(row["reason"] for row in listed if row["made"] == "no")


def test_every_file_that_is_made_is_known_when_it_is_no_longer(plan):
    listed = {row["file"] for row in plan().exports.listed()}
    assert listed >= FIXED
    assert {file.rpartition("/")[0] for file in listed - FIXED} == set(HISTORIES)


def test_a_species_that_is_dropped_leaves_its_histories(plan, tmp_path, monkeypatch):
    listed = plan(NETWORK, ZONE, sites=SITES).exports.listed()
    folder = tmp_path / "results/exports/occupancy"
    folder.mkdir(parents=True)
    for name in ("BOALUN.csv", "PHYCUV.csv", "rain.csv"):
        (folder / name).touch()
    later = plan(NETWORK, ZONE, sites=SITES, species={"BOALUN": "Boana lundii"})
    former = later.exports.former(lambda path: str(tmp_path / path), listed)
    assert former == ["results/exports/occupancy/PHYCUV.csv"]
    assert plan(NETWORK, ZONE, sites=SITES).exports.former(str, listed) == []


def test_recordings_without_sites_or_dates_have_no_histories(plan, tmp_path):
    (tmp_path / "pond.wav").touch()
    assert "date and time" in reasons(plan(str(tmp_path)))["detection histories"]
    (tmp_path / "20210210_200000.wav").touch()
    assert "tells a site" in reasons(plan(str(tmp_path)))["detection histories"]


def test_what_leaves_changes_nothing_that_is_trained(plan):
    assert plan().trained_config == plan(export={"licence": "CC0-1.0"}).trained_config


def test_jobs_are_told_no_true_place_of_sensitive_species(plan):
    found = plan(NETWORK, ZONE, sites=SITES, export={"sensitive": {"BOALUN": 0.1}})
    (day, *_) = found.days.all
    told = str([found.exports.told(day), found.exports.places(), found.exports.clocks()])
    truth = found.recordings.places["POND1"]
    assert str(truth.latitude) not in told and str(truth.longitude) not in told
    assert "-22.85" in told
    assert str(truth.latitude) in str(plan(NETWORK, ZONE, sites=SITES).exports.told(day))


@pytest.mark.parametrize(
    ("export", "sees"),
    [
        pytest.param(
            {"sensitive": {"BOALNU": 0.1}},
            "export.sensitive: BOALNU is not in species (did you mean BOALUN?)",
            marks=pytest.mark.fault(
                "Config",
                "`export.sensitive` names an unknown species",
                sees="export.sensitive: BOALNU is not in species (did you mean BOALUN?)",
                kept="nothing starts",
            ),
        ),
        pytest.param(
            {"date": "31 January"},
            "export.date: found 31 January; expected a day, YYYY-MM-DD.",
            marks=pytest.mark.fault(
                "Config",
                "`export.date` or an author's `orcid` that is not one",
                sees="export.date: found 31 January; expected a day, YYYY-MM-DD.",
                kept="nothing starts",
            ),
        ),
    ],
)
def test_what_cannot_be_is_refused(plan, export, sees):
    with pytest.raises(UserError) as refused:
        plan(export=export)
    assert sees in str(refused.value)


def test_an_orcid_is_an_address(plan):
    with pytest.raises(UserError, match=r"export.authors.0.orcid: found 0000-0002-1825-0097"):
        plan(export={"authors": [{"name": "Ana", "orcid": "0000-0002-1825-0097"}]})
    good = {"name": "Ana", "orcid": "https://orcid.org/0000-0002-1825-0097"}
    assert plan(export={"authors": [good]}).config["export"]["authors"][0]["role"] == "contributor"


def test_a_date_without_quotes_is_a_date(plan):
    settings = yaml.safe_load("{date: 2022-01-31, occasion: 3}")
    assert plan(export=settings).config["export"]["date"] == "2022-01-31"
    with pytest.raises(UserError, match=r"export\.occasion"):
        plan(export={"occasion": "month"})
