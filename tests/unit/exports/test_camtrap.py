"""Data packages: valid, and wrong ones found to be so."""

import csv
import json
from types import SimpleNamespace

import pytest
from packages import faults

from anurans.annotations.formats import Annotation
from anurans.common.errors import UserError
from anurans.exports.answers import Settled, by_recording
from anurans.exports.camtrap import (
    NO_UTC,
    TABLES,
    annotation_rows,
    event_rows,
    usable,
    why_not,
    write_package,
)
from anurans.exports.coordinates import publish
from anurans.plan.schema import fill_in, schema
from anurans.recordings.site_table import Place

NAMES = {"LOW": "Boana albopunctata", "HIGH": "Physalaemus cuvieri"}
COLUMNS = ("recording", "path", "site", "utc", "duration_s", "sr", "channels", "status", "reason")
RECORDINGS = [
    ("p/1", "/home/ana/p/1.WAV", "POND", "2021-02-11T23:30:00Z", "60.000000", "22050", "1"),
    ("m/1", "/home/ana/m/1.flac", "MARSH", "2021-02-12T23:30:00Z", "59.500000", "48000", "2"),
    ("x/1", "/home/ana/x/1.wav", "LAKE", "2021-02-12T23:30:00Z", "60.000000", "22050", "1"),
    ("m/2", "/home/ana/m/2.wav", "MARSH", "", "60.000000", "22050", "1"),
    ("m/3", "/home/ana/m/3.wav", "", "2021-02-12T23:30:00Z", "60.000000", "22050", "1"),
]
PLACES = {"POND": publish(Place(-22.8134, -47.0612)), "MARSH": publish(Place(-22.9, -47.2))}
EVENTS = [
    {"recording": "p/1", "species": "LOW", "start": "1.25", "end": "4.5"},
    {"recording": "p/1", "species": "HIGH", "start": "1.25", "end": "60.0"},
    {"recording": "x/1", "species": "LOW", "start": "1.25", "end": "4.5"},
]
ANSWERS = by_recording(
    [
        Settled("p/1", 0.0, 5.0, "LOW", "present", "Ana | Bia"),
        Settled("p/1", 0.0, 60.0, "HIGH", "absent", "Ana"),
        Settled("p/1", 0.0, 5.0, "DROPPED", "present", "Ana"),
        Settled("x/1", 0.0, 5.0, "LOW", "present", "Ana"),
    ]
)


def settings(**changes):
    return fill_in(changes, schema()["properties"]["export"])


@pytest.fixture
def rows():
    made = [dict(zip(COLUMNS, (*row, "ok", ""), strict=True)) for row in RECORDINGS]
    broken = dict.fromkeys(COLUMNS, "") | {"recording": "b", "path": "/home/ana/b.wav"}
    return [*made, broken | {"status": "quarantined", "reason": "/home/ana/b.wav: is cut short"}]


@pytest.fixture
def season(rows, tmp_path):
    """Give a function that writes the package of the season, and its folder."""

    def make(places=PLACES, **changes):
        scored = [event | {"score": "0.9", "probability": "0.8"} for event in EVENTS]
        inside = usable(rows, places)
        found = list(event_rows(inside, scored, ANSWERS, NAMES, "anurans: a/b/c/d"))
        write(tmp_path, inside, found, places, changes)
        return tmp_path

    return make


def write(folder, inside, found, places, changes):
    output = SimpleNamespace(
        package=folder / "datapackage.json", **{n: folder / f"{n}.csv" for n in TABLES}
    )
    own = {"POND": {"habitat": "forest", "area": "420"}}
    about = settings(**changes), "Six ponds", "detections", ["network birdnet: its licence"]
    write_package(output, inside, found, places, own, *about)


def read(folder, name):
    with (folder / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_package_is_valid(season):
    folder = season()
    assert faults(folder) == []
    assert "/home" not in "".join(path.read_text() for path in folder.iterdir())


def test_what_is_wrong_in_a_package_is_found(season):
    """So that the test above can fail."""
    folder = season()
    path = folder / "observations.csv"
    path.write_text(path.read_text().replace("machine", "guesswork").replace("POND,p/1", "SEA,p/1"))
    about = json.loads((folder / "datapackage.json").read_text())
    del about["project"]["samplingDesign"]
    (folder / "datapackage.json").write_text(json.dumps(about))
    text = " ".join(faults(folder))
    assert "samplingDesign" in text and "guesswork" in text and "SEA" in text


def test_species_that_the_config_has_dropped_are_in_no_package_of_the_season(season):
    folder = season()
    assert "DROPPED" not in "".join(path.read_text() for path in folder.iterdir())


def test_deployments_are_sites_from_first_to_last_recording(season):
    marsh, pond = read(season(), "deployments")
    assert pond["deploymentID"] == "POND" and pond["habitat"] == "forest"
    assert pond["deploymentTags"] == "area:420"
    assert (pond["deploymentStart"], pond["deploymentEnd"]) == (
        "2021-02-11T23:30:00Z",
        "2021-02-11T23:31:00Z",
    )
    assert (marsh["latitude"], marsh["coordinateUncertainty"]) == ("-22.900000", "")


def test_media_are_named_without_their_folders_on_a_machine(season):
    found = {row["mediaID"]: row for row in read(season(), "media")}
    assert set(found) == {"p/1", "m/1"}
    assert found["m/1"]["filePath"] == "m/1.flac"
    assert found["m/1"]["fileMediatype"] == "audio/flac"
    assert found["m/1"]["mediaComments"] == "sampleRate:48000 | duration:59.500000 | channels:2"


def test_observations_say_who_found_them_and_how_sure(season):
    found = read(season(), "observations")
    by_id = {row["observationID"]: row for row in found}
    assert set(by_id) == {"p/1:LOW:1250", "p/1:HIGH:1250", "p/1:LOW:0:heard"}
    machine, human = by_id["p/1:LOW:1250"], by_id["p/1:LOW:0:heard"]
    assert machine["classificationMethod"] == "machine"
    assert machine["classificationProbability"] == "0.8"
    assert (machine["eventStart"], machine["eventEnd"]) == (
        "2021-02-11T23:30:01Z",
        "2021-02-11T23:30:05Z",
    )
    assert "start:1.250000 | end:4.500000 | review:present" in machine["observationTags"]
    assert "review:absent" in by_id["p/1:HIGH:1250"]["observationTags"]
    assert human["classificationMethod"] == "human" and human["classifiedBy"] == "Ana | Bia"
    assert human["classificationProbability"] == ""
    assert human["scientificName"] == "Boana albopunctata"


def test_licence_authors_and_citation_are_those_of_the_config(season):
    author = {"name": "Ana", "orcid": "https://orcid.org/0000-0002-1825-0097", "role": "contact"}
    folder = season(
        title="Frogs",
        licence="CC-BY-4.0",
        media_licence="https://example.org/licence",
        authors=[author],
        citation="Ana (2021) Frogs",
        date="2022-01-31",
    )
    assert faults(folder) == []
    about = json.loads((folder / "datapackage.json").read_text())
    assert about["licenses"] == [
        {"name": "CC-BY-4.0", "scope": "data"},
        {"path": "https://example.org/licence", "scope": "media"},
    ]
    assert about["contributors"] == [
        {"title": "Ana", "path": "https://orcid.org/0000-0002-1825-0097", "role": "contact"}
    ]
    assert about["bibliographicCitation"] == "Ana (2021) Frogs"
    assert about["created"] == "2022-01-31T00:00:00Z" and about["name"] == "frogs-detections"


def test_without_a_date_the_data_say_when_and_the_bytes_are_the_same(season):
    folder = season()
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert b'"created": "2021-02-12T23:31:00Z"' in first["datapackage.json"]
    assert {path.name: path.read_bytes() for path in season().iterdir()} == first


def test_coordinates_of_sensitive_species_are_in_no_file(season):
    places = {"POND": publish(Place(-22.8134, -47.0612), 0.1)}
    places["MARSH"] = publish(Place(-22.9071, -47.2534), 0.1)
    folder = season(places, sensitive={"LOW": 0.1})
    assert faults(folder) == []
    text = "".join(path.read_text() for path in folder.iterdir())
    assert not any(part in text for part in ("8134", "0612", "9071", "2534"))
    pond = read(folder, "deployments")[1]
    assert (pond["latitude"], pond["longitude"]) == ("-22.850000", "-47.050000")
    assert pond["coordinateUncertainty"] == "7597"
    assert pond["deploymentComments"].endswith("a grid of 0.1 degrees.")
    assert '"coordinatePrecision": 0.1' in (folder / "datapackage.json").read_text()


def test_annotations_are_observations_of_people(rows, tmp_path):
    inside = usable(rows, PLACES)
    calls = (
        Annotation(1.0, 2.0, "LOW", "far", 500.0, None),
        Annotation(1.0, 3.0, "LOW", "", None, None),
        Annotation(55.0, 61.0, "rain", "", None, None),
        Annotation(0.0, 60.0, " listened", "", None, None),
        # What is stated of a stretch is no call there.
        Annotation(0.0, 60.0, " absent LOW", "", None, None),
    )
    found = list(annotation_rows(inside, {"p/1": calls, "m/1": (), "x/1": calls}, NAMES))
    write(tmp_path, inside, found, PLACES, {})
    assert faults(tmp_path) == []
    told = [
        (row["observationType"], row["scientificName"], row["observationTags"])
        for row in read(tmp_path, "observations")
    ]
    assert told == [
        ("blank", "", ""),
        ("animal", NAMES["LOW"], "start:1.000000 | end:2.000000 | grade:far | frequencyLow:500"),
        ("animal", NAMES["LOW"], "start:1.000000 | end:3.000000"),
        ("unknown", "", "start:55.000000 | end:60.000000"),
    ]
    assert read(tmp_path, "observations")[3]["observationComments"] == "label: rain"


def test_why_a_recording_is_in_no_package(rows):
    told = {row["recording"]: why_not(row, PLACES) for row in rows}
    assert told["p/1"] == told["m/1"] == ""
    assert "no coordinates of LAKE" in told["x/1"] and told["m/2"] == NO_UTC
    assert "no site" in told["m/3"]
    assert told["b"] == "b: is cut short"


@pytest.mark.fault(
    "Exports",
    "no recording has both a site with coordinates and a time in UTC",
    sees="No recording can be in the data package",
    kept="no package is written; each recording is named with its reason",
)
def test_a_package_of_nothing_is_refused(rows, sees):
    with pytest.raises(UserError, match=sees) as refused:
        usable(rows, {})
    assert "x/1: the table of sites has no coordinates of LAKE" in str(refused.value)
