"""A data package of recordings and what is in them, as Camtrap DP 1.0.2 has it.

Camtrap DP is the standard of Biodiversity Information Standards (TDWG) for what is observed in
media files, sound too (https://camtrap-dp.tdwg.org; Bubnicki et al. 2023, Remote Sensing in Ecology
and Conservation, doi:10.1002/rse2.374). GBIF publishes it. Where it says camera, read recorder.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from anurans.annotations.formats import Annotation
from anurans.annotations.statements import stated
from anurans.common.errors import UserError, listing
from anurans.common.files import whole
from anurans.common.tables import write_table
from anurans.exports.answers import Settled, answer_about
from anurans.exports.coordinates import Published, generalisation
from anurans.exports.selection_tables import media_path
from anurans.review.verdicts import PRESENT

STANDARD = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2"
DEPLOYMENTS = (
    *("deploymentID", "locationID", "locationName", "latitude", "longitude"),
    *("coordinateUncertainty", "deploymentStart", "deploymentEnd", "setupBy", "cameraID"),
    *("cameraModel", "cameraDelay", "cameraHeight", "cameraDepth", "cameraTilt"),
    *("cameraHeading", "detectionDistance", "timestampIssues", "baitUse", "featureType"),
    *("habitat", "deploymentGroups", "deploymentTags", "deploymentComments"),
)
MEDIA = (
    *("mediaID", "deploymentID", "captureMethod", "timestamp", "filePath", "filePublic"),
    *("fileName", "fileMediatype", "exifData", "favorite", "mediaComments"),
)
OBSERVATIONS = (
    *("observationID", "deploymentID", "mediaID", "eventID", "eventStart", "eventEnd"),
    *("observationLevel", "observationType", "cameraSetupType", "scientificName", "count"),
    *("lifeStage", "sex", "behavior", "individualID", "individualPositionRadius"),
    *("individualPositionAngle", "individualSpeed", "bboxX", "bboxY", "bboxWidth"),
    *("bboxHeight", "classificationMethod", "classifiedBy", "classificationTimestamp"),
    *("classificationProbability", "observationTags", "observationComments"),
)
TABLES = {"deployments": DEPLOYMENTS, "media": MEDIA, "observations": OBSERVATIONS}
MEDIATYPES = {
    **{".wav": "wav", ".w64": "x-w64", ".flac": "flac", ".mp3": "mpeg", ".caf": "x-caf"},
    **{".ogg": "ogg", ".oga": "ogg", ".opus": "ogg", ".aif": "aiff", ".aiff": "aiff"},
}
# Why a recording is in no package.
NO_SITE = "no site in its name or the table"
NO_PLACE = "the table of sites has no coordinates of {}"
NO_UTC = "its time in UTC is not known: give recordings.time_zone"


def why_not(row: Mapping[str, str], published: Collection[str]) -> str:
    """Why a recording, a row of a table of these, is in no package; empty where it is."""
    if row["status"] != "ok":
        return row["reason"].replace(row["path"], row["recording"])
    if not row["site"]:
        return NO_SITE
    if row["site"] not in published:
        return NO_PLACE.format(row["site"])
    return "" if row["utc"] else NO_UTC


def usable(
    rows: Iterable[Mapping[str, str]], published: Collection[str]
) -> dict[str, Mapping[str, str]]:
    """Rows of a table of recordings that are in a package, by recording, sorted.

    Raises
    ------
    UserError
        When there is none.
    """
    rows = list(rows)
    found = {row["recording"]: row for row in rows if not why_not(row, published)}
    if not found:
        reasons = [f"{row['recording']}: {why_not(row, published)}" for row in rows]
        raise UserError(f"No recording can be in the data package:\n{listing(reasons)}")
    return dict(sorted(found.items()))


def moment(utc: str, seconds: float, up: bool = False) -> str:
    """UTC of a moment so many s after a recording began, to the second before it, or after.

    Examples
    --------
    >>> moment("2024-01-21T00:00:00Z", 1.25), moment("2024-01-21T00:00:00Z", 1.25, up=True)
    ('2024-01-21T00:00:01Z', '2024-01-21T00:00:02Z')
    """
    when = datetime.fromisoformat(utc) + timedelta(seconds=seconds)
    if up and when.microsecond:
        when += timedelta(seconds=1)
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


def deployment_rows(
    recordings: Iterable[Mapping[str, str]],
    published: Mapping[str, Published],
    own: Mapping[str, Mapping[str, str]],
) -> Iterator[dict[str, object]]:
    """One deployment for each site, from its first recording to the end of its last.

    Parameters
    ----------
    recordings
        Rows of a table of recordings that are in the package.
    published
        Coordinates of sites.
    own
        The user's columns of the table of sites, by site: `habitat` has a column of its own, others
        are tags.
    """
    spans: dict[str, list[str]] = {}
    for row in recordings:
        ends = row["utc"], moment(row["utc"], float(row["duration_s"]), up=True)
        spans.setdefault(row["site"], []).extend(ends)
    for site, moments in sorted(spans.items()):
        place, cells = published[site], dict(own.get(site, {}))
        habitat = cells.pop("habitat", "")
        tags = [f"{name}:{text}" for name, text in cells.items() if text]
        yield {
            "deploymentID": site,
            "locationID": site,
            "locationName": site,
            "latitude": f"{place.latitude:.6f}",
            "longitude": f"{place.longitude:.6f}",
            "coordinateUncertainty": place.uncertainty,
            "deploymentStart": min(moments),
            "deploymentEnd": max(moments),
            "habitat": habitat,
            "deploymentTags": _joined(tags),
            "deploymentComments": generalisation(place.grid),
        }


def media_rows(recordings: Iterable[Mapping[str, str]]) -> Iterator[dict[str, object]]:
    """One row for each recording, whose sound is not in the package."""
    for row in sorted(recordings, key=lambda row: row["recording"]):
        path = media_path(row["recording"], row["path"]).replace("..", "%2E%2E").lstrip("./~")
        kind = MEDIATYPES.get(PurePosixPath(path).suffix.lower(), "basic")
        tags = {"sampleRate": row["sr"], "duration": row["duration_s"]}
        tags |= {"channels": row["channels"]}
        yield {
            "mediaID": row["recording"],
            "deploymentID": row["site"],
            "captureMethod": "timeLapse",
            "timestamp": row["utc"],
            "filePath": path,
            "filePublic": "false",
            "fileName": PurePosixPath(path).name,
            "fileMediatype": f"audio/{kind}",
            "mediaComments": _joined(f"{name}:{text}" for name, text in tags.items() if text),
        }


def event_rows(
    recordings: Mapping[str, Mapping[str, str]],
    events: Iterable[Mapping[str, str]],
    answers: Mapping[str, Sequence[Settled]],
    names: Mapping[str, str],
    model: str,
) -> Iterator[dict[str, object]]:
    """Observations of a model, and those of people who listened to its clips.

    Parameters
    ----------
    recordings
        Rows of those in the package, by recording.
    events
        Rows of results/detections/events.csv.
    answers
        From `anurans.exports.answers.by_recording`.
    names
        Name of each species. Others that people heard have no part: the config has dropped them.
    model
        What found the events.
    """
    for event in events:
        if event["recording"] not in recordings:
            continue
        said = answer_about(event, answers)
        times = float(event["start"]), float(event["end"])
        tags = [] if said is None else [f"review:{said.answer}"]
        if event["score"]:
            tags.append(f"score:{event['score']}")
        row = _observation(recordings[event["recording"]], event["species"], *times, names, tags)
        row |= {"classificationMethod": "machine", "classifiedBy": model}
        yield row | {"classificationProbability": event["probability"]}
    for recording, of in sorted(answers.items()):
        for each in of if recording in recordings else ():
            if each.answer != PRESENT or each.species not in names:
                continue
            span = each.species, each.start, each.end
            row = _observation(recordings[recording], *span, names, ["review:present"])
            row["observationID"] = f"{row['observationID']}:heard"
            yield row | {"classificationMethod": "human", "classifiedBy": each.who}


def annotation_rows(
    recordings: Mapping[str, Mapping[str, str]],
    annotations: Mapping[str, Sequence[Annotation]],
    names: Mapping[str, str],
) -> Iterator[dict[str, object]]:
    """Observations of the people who annotated recordings.

    A recording in which nothing was heard has one of the type `blank`; what is no configured
    species is of the type `unknown`, with its label.

    Parameters
    ----------
    recordings
        Rows of those in the package, by recording.
    annotations
        Of each annotated recording.
    names
        Name of each species.
    """
    for recording, calls in sorted(annotations.items()):
        if recording not in recordings:
            continue
        row, duration = recordings[recording], float(recordings[recording]["duration_s"])
        human = {"classificationMethod": "human"}
        if not calls:
            yield _observation(row, "", 0.0, duration, names, []) | human
        for number, call in enumerate(calls, start=1):
            if stated(call.species):
                continue
            tags = [f"grade:{call.grade}"] if call.grade else []
            for name, value in (("frequencyLow", call.fmin), ("frequencyHigh", call.fmax)):
                tags += [] if value is None else [f"{name}:{value:g}"]
            end = min(max(call.end, call.start), max(duration, call.start))
            found = _observation(row, call.species, call.start, end, names, tags)
            # Two calls of a species may begin at one moment.
            yield found | human | {"observationID": f"{found['observationID']}:{number}"}


def _observation(
    recording: Mapping[str, str],
    species: str,
    start: float,
    end: float,
    names: Mapping[str, str],
    tags: Iterable[str],
) -> dict[str, object]:
    is_known = species in names
    kind = "animal" if is_known else "unknown" if species else "blank"
    within = [f"start:{start:.6f}", f"end:{end:.6f}"] if species else []
    return {
        "observationID": f"{recording['recording']}:{species or 'blank'}:{round(start * 1000)}",
        "deploymentID": recording["site"],
        "mediaID": recording["recording"],
        "eventStart": moment(recording["utc"], start),
        "eventEnd": moment(recording["utc"], end, up=True),
        "observationLevel": "media",
        "observationType": kind,
        "scientificName": names.get(species, ""),
        "observationTags": _joined([*within, *tags]),
        "observationComments": "" if is_known or not species else f"label: {species}",
    }


def _joined(texts: Iterable[str]) -> str:
    return " | ".join(text.replace("|", "/") for text in texts)


def description(
    settings: Mapping[str, Any],
    project: str,
    what: str,
    deployments: Sequence[Mapping[str, Any]],
    observations: Sequence[Mapping[str, Any]],
    sources: Sequence[str],
) -> dict[str, Any]:
    """What datapackage.json says.

    Parameters
    ----------
    settings
        `export` of a loaded config.
    project
        Its name.
    what
        What the package is of, such as `detections`.
    deployments, observations
        Rows of these tables.
    sources
        What it was made with, such as the licence of a network.

    Returns
    -------
    dict
        It was `created` on the config's `date`; without it, when the last recording ended, so that
        the same results give the same bytes.
    """
    starts = sorted(str(row["deploymentStart"]) for row in deployments)
    ends = sorted(str(row["deploymentEnd"]) for row in deployments)
    title = settings["title"] or project
    found: dict[str, Any] = {
        "profile": f"{STANDARD}/camtrap-dp-profile.json",
        "name": re.sub(r"[^a-z0-9]+", "-", f"{title} {what}".lower()).strip("-"),
        "title": f"{title}: {what}",
        "created": f"{settings['date']}T00:00:00Z" if settings["date"] else ends[-1],
        "contributors": _contributors(settings["authors"], title),
        "keywords": ["passive acoustic monitoring", "medium:air"],
        "sources": [{"title": "anurans"}, *({"title": text} for text in sources)],
        "project": {
            "title": project,
            "samplingDesign": settings["sampling_design"],
            "captureMethod": ["timeLapse"],
            "individualAnimals": False,
            "observationLevel": ["media"],
        },
        "spatial": _spatial(deployments),
        "temporal": {"start": starts[0][:10], "end": ends[-1][:10]},
        "taxonomic": [
            {"scientificName": name, "taxonRank": "species"}
            for name in sorted({str(r["scientificName"]) for r in observations} - {""})
        ],
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": f"{STANDARD}/{name}-table-schema.json",
            }
            for name in TABLES
        ],
    }
    if settings["description"]:
        found["description"] = settings["description"]
    if settings["citation"]:
        found["bibliographicCitation"] = settings["citation"]
    if settings["licence"]:
        media = settings["media_licence"] or settings["licence"]
        scopes = {"data": settings["licence"], "media": media}
        found["licenses"] = [
            {("path" if "://" in text else "name"): text, "scope": scope}
            for scope, text in scopes.items()
        ]
    if settings["sensitive"]:
        found["coordinatePrecision"] = max(settings["sensitive"].values())
    return found


def _contributors(authors: Sequence[Mapping[str, Any]], title: str) -> list[dict[str, str]]:
    if not authors:
        return [{"title": title, "role": "contributor"}]
    keys = {"name": "title", "email": "email", "organisation": "organization", "orcid": "path"}
    return [
        {ours: each[key] for key, ours in keys.items() if each[key]} | {"role": each["role"]}
        for each in authors
    ]


def _spatial(deployments: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """GeoJSON of the box around the deployments, or of the one place."""
    east = sorted(float(row["longitude"]) for row in deployments)
    north = sorted(float(row["latitude"]) for row in deployments)
    west, south, east_most, north_most = east[0], north[0], east[-1], north[-1]
    if (west, south) == (east_most, north_most):
        return {"type": "Point", "coordinates": [west, south]}
    ring = [(west, south), (east_most, south), (east_most, north_most), (west, north_most)]
    return {"type": "Polygon", "coordinates": [[list(at) for at in [*ring, ring[0]]]]}


def write_package(
    output: Any,
    recordings: Mapping[str, Mapping[str, str]],
    observations: Sequence[Mapping[str, Any]],
    published: Mapping[str, Published],
    own: Mapping[str, Mapping[str, str]],
    settings: Mapping[str, Any],
    project: str,
    what: str,
    sources: Sequence[str],
) -> None:
    """Write a data package: its three tables, and then datapackage.json.

    Parameters
    ----------
    output
        Paths: `package`, `deployments`, `media` and `observations`.
    recordings
        From `usable`.
    observations
        Rows of that table.
    published, own
        As `deployment_rows` takes them.
    settings, project, what, sources
        As `description` takes them.
    """
    rows = sorted(observations, key=lambda row: str(row["observationID"]))
    deployments = list(deployment_rows(recordings.values(), published, own))
    write_table(output.deployments, DEPLOYMENTS, deployments)
    write_table(output.media, MEDIA, media_rows(recordings.values()))
    write_table(output.observations, OBSERVATIONS, rows)
    about = description(settings, project, what, deployments, rows, sources)
    with whole(output.package) as partial:
        partial.write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", "utf-8")
