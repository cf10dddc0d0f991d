"""A Darwin Core table of occurrences, for GBIF, from what people confirmed and from that alone.

Terms: https://dwc.tdwg.org/terms. Generalised coordinates: Chapman 2020, Current Best Practices for
Generalizing Sensitive Species Occurrence Data, GBIF, doi:10.15468/doc-5jp4-5g10.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from anurans.exports.answers import BETWEEN_NAMES, Settled
from anurans.exports.camtrap import moment
from anurans.exports.coordinates import Published, generalisation
from anurans.review.verdicts import PRESENT

OCCURRENCES = (
    *("occurrenceID", "basisOfRecord", "occurrenceStatus", "scientificName", "taxonRank"),
    *("kingdom", "eventDate", "locationID", "decimalLatitude", "decimalLongitude"),
    *("geodeticDatum", "coordinateUncertaintyInMeters", "dataGeneralizations"),
    *("informationWithheld", "recordedBy", "identifiedBy", "identificationVerificationStatus"),
    *("samplingProtocol", "eventRemarks", "datasetName", "license", "rightsHolder"),
    *("bibliographicCitation",),
)
WITHHELD = "Precise coordinates are withheld because a species is sensitive; ask the authors."


def occurrence_rows(
    recordings: Mapping[str, Mapping[str, str]],
    answers: Mapping[str, Sequence[Settled]],
    names: Mapping[str, str],
    published: Mapping[str, Published],
    settings: Mapping[str, Any],
    project: str,
) -> Iterator[dict[str, object]]:
    """One occurrence for each recording and species that a person heard.

    Parameters
    ----------
    recordings
        Rows of those whose place and time in UTC are known, by recording.
    answers
        From `anurans.exports.answers.by_recording`.
    names
        Name of each species.
    published
        Coordinates of sites.
    settings
        `export` of a loaded config.
    project
        Its name.

    Yields
    ------
    dict
        A row of `OCCURRENCES`, whose date is when the first clip with calls begins.
    """
    authors = [each["name"] for each in settings["authors"]]
    holders = [each["name"] for each in settings["authors"] if each["role"] == "rightsHolder"]
    about = {
        "datasetName": settings["title"] or project,
        "license": settings["licence"],
        "rightsHolder": " | ".join(holders or authors),
        "bibliographicCitation": settings["citation"],
    }
    for recording, row in sorted(recordings.items()):
        heard: dict[str, list[Settled]] = {}
        for each in answers.get(recording, ()):
            if each.answer == PRESENT and each.species in names:
                heard.setdefault(each.species, []).append(each)
        place = published[row["site"]]
        for species, of in sorted(heard.items()):
            people = sorted({name for each in of for name in each.who.split(BETWEEN_NAMES) if name})
            yield about | {
                "occurrenceID": f"{recording}:{species}",
                "basisOfRecord": "MachineObservation",
                "occurrenceStatus": "present",
                "scientificName": names[species],
                "taxonRank": "species",
                "kingdom": "Animalia",
                "eventDate": moment(row["utc"], min(each.start for each in of)),
                "locationID": row["site"],
                "decimalLatitude": f"{place.latitude:.6f}",
                "decimalLongitude": f"{place.longitude:.6f}",
                "geodeticDatum": "WGS84",
                "coordinateUncertaintyInMeters": place.uncertainty,
                "dataGeneralizations": generalisation(place.grid),
                "informationWithheld": WITHHELD if place.grid else "",
                "recordedBy": " | ".join(authors),
                "identifiedBy": " | ".join(people),
                "identificationVerificationStatus": "verified by listening",
                "samplingProtocol": "passive acoustic monitoring",
                "eventRemarks": f"{len(of)} clips with calls were listened to",
            }
