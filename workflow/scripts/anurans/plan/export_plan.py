"""What leaves: which exports a config can make, and why others are not made.

Nothing is looked at before it is asked for, so that a config without new recordings costs nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from anurans.exports.coordinates import Published, publish_all
from anurans.exports.former_files import (
    COVARIATES,
    FOLDER,
    LIST,
    OCCUPANCY,
    PACKAGE,
    files_there,
    find_former,
)
from anurans.listening.finished_models import Finished
from anurans.plan import config as configs
from anurans.plan.day_plan import DayPlan
from anurans.plan.network_plan import NetworkPlan
from anurans.plan.recording_plan import RecordingPlan

# Why something is not made.
NOTHING_NEW = "the config has no detection: nothing was heard in new recordings"
NOTHING_LEARNT = "the config names no recordings and annotations"
NO_NIGHTS = "no name of a new recording tells date and time"
NO_SITES = "no name of a new recording tells a site (docs/recordings.md)"
NO_PLACES = "no site of the recordings has coordinates and a time in UTC: give sites and " + (
    "recordings.time_zone"
)
NO_VERDICTS = "nobody has confirmed a detection: give review.verdicts"


class ExportPlan:
    """The exports of a config.

    Parameters
    ----------
    config
        A loaded config.
    recordings
        Those to train on, and where sites are.
    days
        The new recordings.
    networks
        Those that are run, for their licences.
    finished
        The finished model that is listened with, for its network's; None where there is none.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        recordings: RecordingPlan,
        days: DayPlan,
        networks: NetworkPlan,
        finished: Finished | None,
    ) -> None:
        self._config = config
        self._recordings = recordings
        self._days = days
        self._networks = networks
        self._finished = finished

    @property
    def settings(self) -> dict[str, Any]:
        """The config's `export`."""
        return self._config["export"]

    @property
    def named(self) -> dict[str, Any]:
        """Of `export`, what packages and the table of occurrences say of themselves."""
        without = ("occasion", "site_columns", "coordinate_uncertainty")
        return {key: value for key, value in self.settings.items() if key not in without}

    def published(self) -> dict[str, Published]:
        """Coordinates of sites, as they may be given away."""
        uncertainty = self.settings["coordinate_uncertainty"]
        return publish_all(self._recordings.places, self.settings["sensitive"], uncertainty)

    def places(self) -> dict[str, list[float | int | None]]:
        """The same as lists, which a job is told."""
        return {
            site: [each.latitude, each.longitude, each.uncertainty, each.grid]
            for site, each in self.published().items()
        }

    def told(self, day: str) -> dict[str, dict[str, Any]]:
        """What the names of the recordings of a day tell, and where their sites may be said to be.

        Minutes from sunset would tell a place that nothing else does.
        """
        published = self.published()
        found = {}
        for each in self._days.all[day]:
            place = published.get(each.site)
            at = {"latitude": place.latitude, "longitude": place.longitude} if place else {}
            found[each.recording] = each.told | at
        return found

    def clocks(self) -> dict[str, dict[str, str]]:
        """What the names of all new recordings tell, without places."""
        return {each.recording: each.told for of in self._days.all.values() for each in of}

    def site_table(self) -> str | list[str]:
        """The user's table of sites; nothing where there is none."""
        return self._config["sites"] or []

    def verdicts(self) -> list[str]:
        """Tables of what people answered about clips of new recordings."""
        return list(self._config.get("review", {}).get("verdicts", []))

    def with_verdicts(self, path: str) -> list[str]:
        """A file that is needed where there are verdicts."""
        return [path] if self.verdicts() else []

    def by_verdicts(self, pattern: str) -> list[str]:
        """A file of each species, where there are verdicts."""
        return self.of_species(pattern) if self.verdicts() else []

    def of_species(self, pattern: str) -> list[str]:
        """A file of each species."""
        return [pattern.format(species=species) for species in self._config["species"]]

    def covariates(self) -> list[str]:
        """Tables of what is known of each survey occasion at each site."""
        return [f"{OCCUPANCY}/covariates/{name}.csv" for name in COVARIATES]

    def sources(self) -> list[str]:
        """What packages were made with, and under which licence."""
        licences = dict(self._networks.licences)
        network = self._finished.about.get("network", {}) if self._finished else {}
        if licence := network.get("licence"):
            licences[network["file"]] = licence
        return [f"network {name}: {text}" for name, text in sorted(licences.items())]

    def _new(self) -> list[Any]:
        return [each for of in self._days.all.values() for each in of]

    def _can_place(self, recordings: Any) -> bool:
        places = self._recordings.places
        return any(each.utc and each.site in places for each in recordings)

    def rows(self) -> Iterator[dict[str, Any]]:
        """What each export is of, its files, and why it is not made; the reason is empty else."""
        heard = "" if "detection" in self._config else NOTHING_NEW
        new = [] if heard else self._new()
        nights = heard or ("" if any(e.date and e.time for e in new) else NO_NIGHTS)
        sites = nights or ("" if any(each.site for each in new) else NO_SITES)
        placed = heard or ("" if self._can_place(new) else NO_PLACES)
        judged = heard or ("" if self.verdicts() else NO_VERDICTS)
        learnt = "" if configs.trains(self._config) else NOTHING_LEARNT
        if not learnt and not self._can_place(self._recordings.all):
            learnt = NO_PLACES
        of = "{species}.csv"
        yield _row(
            "detection histories, and what is known of sites and survey occasions",
            [
                *self.of_species(f"{OCCUPANCY}/{of}"),
                *self.covariates(),
                f"{OCCUPANCY}/covariates/sites.csv",
                f"{OCCUPANCY}/covariates/occasions.csv",
            ],
            sites,
        )
        confirmed = [*self.of_species(f"{OCCUPANCY}/confirmed/{of}")]
        confirmed += self.of_species(f"{OCCUPANCY}/states/{of}")
        yield _row("detection histories of what people confirmed", confirmed, sites or judged)
        yield _row("activity by site, night, hour and sunset", [f"{FOLDER}/activity.csv"], heard)
        yield _row("one selection table for Raven", [f"{FOLDER}/raven.txt"], heard)
        yield _row("one table for Kaleidoscope", [f"{FOLDER}/kaleidoscope.csv"], heard)
        season = [f"{FOLDER}/season/{name}" for name in PACKAGE]
        yield _row("data package of the new recordings", season, placed)
        occurrences = [f"{FOLDER}/occurrences.csv"]
        yield _row("Darwin Core occurrences", occurrences, judged or placed)
        annotations = [f"{FOLDER}/annotations/{name}" for name in PACKAGE]
        yield _row("data package of the annotations", annotations, learnt)
        yield _row(
            "new recordings and answers that are in no export", [f"{FOLDER}/left_out.csv"], heard
        )

    def listed(self) -> list[dict[str, str]]:
        """Every file of `rows`, and whether it is made."""
        return [
            {"export": row["export"], "file": file}
            | {"made": "no" if row["reason"] else "yes", "reason": row["reason"]}
            for row in self.rows()
            for file in row["files"]
        ]

    def files(self) -> list[str]:
        """What the target `export` makes."""
        made = [file for row in self.rows() if not row["reason"] for file in row["files"]]
        return [*made, LIST]

    def former(self, place: Callable[[str], str], listed: Sequence[Mapping[str, str]]) -> list[str]:
        """Files of other configs' exports, which the list of exports before helps to tell."""
        return find_former(files_there(place), listed, self.files())


def _row(export: str, files: list[str], reason: str) -> dict[str, Any]:
    return {"export": export, "files": files, "reason": reason}
