"""Darwin Core: what a person heard, and nothing else."""

from anurans.exports.answers import Settled, by_recording
from anurans.exports.coordinates import publish
from anurans.exports.occurrences import OCCURRENCES, occurrence_rows
from anurans.plan.schema import fill_in, schema
from anurans.recordings.site_table import Place

RECORDINGS = {
    "p1": {"site": "POND", "utc": "2021-02-11T23:30:00Z"},
    "p2": {"site": "POND", "utc": "2021-02-12T23:30:00Z"},
}
ANSWERS = by_recording(
    [
        Settled("p1", 5.0, 10.0, "LOW", "present", "Bia"),
        Settled("p1", 15.0, 20.0, "LOW", "present", "Ana | Bia"),
        Settled("p1", 5.0, 10.0, "HIGH", "absent", "Ana"),
        Settled("p2", 5.0, 10.0, "LOW", "unsure", "Ana"),
        Settled("p2", 5.0, 10.0, "rain", "present", "Ana"),
        Settled("elsewhere", 5.0, 10.0, "LOW", "present", "Ana"),
    ]
)
NAMES = {"LOW": "Boana albopunctata", "HIGH": "Physalaemus cuvieri"}
SETTINGS = {
    "licence": "CC-BY-4.0",
    "authors": [{"name": "Ana", "role": "rightsHolder"}, {"name": "Caio"}],
}


def rows(grid):
    settings = fill_in(SETTINGS, schema()["properties"]["export"])
    places = {"POND": publish(Place(-22.8134, -47.0612), grid, 30.0)}
    return list(occurrence_rows(RECORDINGS, ANSWERS, NAMES, places, settings, "Ponds"))


def test_only_what_a_person_heard_is_an_occurrence():
    (found,) = rows(0.0)
    assert set(found) <= set(OCCURRENCES)
    assert found["occurrenceID"] == "p1:LOW" and found["eventDate"] == "2021-02-11T23:30:05Z"
    assert found["scientificName"] == "Boana albopunctata"
    assert found["identifiedBy"] == "Ana | Bia" and found["recordedBy"] == "Ana | Caio"
    assert found["rightsHolder"] == "Ana" and found["license"] == "CC-BY-4.0"
    assert (found["decimalLatitude"], found["coordinateUncertaintyInMeters"]) == ("-22.813400", 30)
    assert found["dataGeneralizations"] == found["informationWithheld"] == ""


def test_places_of_sensitive_species_are_blurred_and_it_is_said():
    (found,) = rows(0.1)
    assert (found["decimalLatitude"], found["decimalLongitude"]) == ("-22.850000", "-47.050000")
    assert found["coordinateUncertaintyInMeters"] == 7627
    assert "0.1 degrees" in found["dataGeneralizations"]
    assert "withheld" in found["informationWithheld"]
    assert "8134" not in str(found) and "0612" not in str(found)
