"""Which recordings a config trains on, and what jobs are told of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from anurans.common.errors import UserError, refuse
from anurans.plan import config as configs
from anurans.plan.kept_answers import Answers, kept
from anurans.recordings import names
from anurans.recordings.names import Recording
from anurans.recordings.oddities import tell_oddities
from anurans.recordings.site_table import Place, read_sites
from anurans.recordings.times import clock_needed

# Where the demo's recordings are made, and what from.
DEMO_AUDIO, DEMO_LABELS = "resources/demo/audio/{}.wav", "resources/demo/annotations/{}.txt"

NONE = (
    "The config listens with a finished model (detection.model is a folder), and names nothing to "
    "train on. So only the targets detect and monitoring can be made. For others give recordings, "
    "annotations, species and backbones."
)


class RecordingPlan:
    """The recordings to train on, dealt to shards.

    Parameters
    ----------
    config
        A loaded config.
    answers
        What is known of it already.

    Attributes
    ----------
    places
        Where sites are, as the config's table says.
    """

    def __init__(self, config: Mapping[str, Any], answers: Answers | None = None) -> None:
        self.answers = answers or Answers()
        self._config = config
        self._channel = config["audio"]["channel"]
        self._sites = config["sites"]
        self.places: dict[str, Place] = read_sites(config["sites"]) if config["sites"] else {}

    @cached_property
    def _listed(self) -> tuple[tuple[Recording, ...], Callable | None]:
        if configs.trains(self._config):
            return names.list_or_absent(**self._config["recordings"])
        return (), partial(refuse, UserError(NONE))

    @property
    def all(self) -> tuple[Recording, ...]:
        """The recordings, sorted by id; empty where there are none."""
        return self._listed[0]

    @property
    def absent(self) -> Callable | None:
        """A function that raises why there are none; None where there are."""
        return None if self.shards else self._listed[1]

    @cached_property
    def _dealt(self) -> dict[str, list[Recording]]:
        """The recordings by shard."""
        of: dict[str, list[Recording]] = {}
        for each in self.all:
            of.setdefault(names.shard_of(each.recording, self._config["shards"]), []).append(each)
        return dict(sorted(of.items()))

    def _of(self, shard: str) -> list[Recording]:
        """The recordings of a shard."""
        rows = self.answers.kept(f"recordings of {shard}")
        return self._dealt[shard] if rows is None else [Recording(*row) for row in rows]

    def by_shard(self) -> dict[str, list[tuple[str, ...]]]:
        """What `_of` asks for, of each shard, for jobs that do not list them."""
        return {
            f"recordings of {shard}": [astuple(each) for each in of]
            for shard, of in self._dealt.items()
        }

    @property
    def ids(self) -> list[str]:
        """Every recording."""
        return self.every_id()

    @kept
    def every_id(self) -> list[str]:
        """The same, asked for by jobs: one list for all, not a copy for each training."""
        return [each.recording for each in self.all]

    @property
    def shards(self) -> list[str]:
        """Names of the shards that hold recordings, sorted."""
        return self._shards()

    @kept
    def _shards(self) -> list[str]:
        return list(self._dealt)

    @kept
    def sites(self) -> list[str]:
        """Sites that recordings are from, sorted."""
        return sorted({each.site for each in self.all} - {""})

    @kept
    def dated(self) -> bool:
        """Tell whether the night of any recording is known."""
        return any(each.night for each in self.all)

    def ids_of(self, shard: str) -> list[str]:
        """Recordings of a shard."""
        return [each.recording for each in self._of(shard)]

    def paths(self, shard: str) -> list[str]:
        """Files of the recordings of a shard."""
        return [each.path for each in self._of(shard)]

    def faults(self, shard: str) -> dict[str, str]:
        """Recordings of a shard whose names are such that they are not even opened, and why."""
        return {each.recording: each.fault for each in self._of(shard) if each.fault}

    def channels(self, shard: str) -> list[str]:
        """Channel of each recording of a shard."""
        return [each.channel or self._channel for each in self._of(shard)]

    @kept
    def all_channels(self) -> dict[str, str]:
        """Channel of every recording."""
        return {each.recording: each.channel or self._channel for each in self.all}

    def inputs(
        self, shard: str, made: Callable[[str], bool], wanted: Callable[[str], bool] = bool
    ) -> list[str]:
        """Files of a shard that a job can wait for; Snakemake would end the run for any other.

        Parameters
        ----------
        shard
            Its name.
        made
            Tells whether a rule makes a file.
        wanted
            Tells of which files it shall wait.
        """
        return [each.path for each in names.waited_for(self._of(shard), made, wanted)]

    def files(
        self,
        shard: str,
        inputs: Iterable[str],
        made: Callable[[str], bool],
        wanted: Callable[[str], bool] = bool,
    ) -> list[str]:
        """Where a job that got these inputs, those of `inputs`, finds each recording of a shard."""
        waited = names.waited_for(self._of(shard), made, wanted)
        return names.found_at(self._of(shard), waited, inputs)

    @property
    def demo(self) -> dict[str, str]:
        """Recordings that are synthesised, and the channel that calls are loudest in.

        Those of the demo that a table names with their channel, as the demo's own does. Whatever
        else lies in its folder of audio is taken as it is, and what does not is not there.
        """
        return self._demo()

    @kept
    def _demo(self) -> dict[str, str]:
        return {
            each.recording: each.channel
            for each in self.all
            if each.path == DEMO_AUDIO.format(each.recording)
            and each.channel in ("left", "right")
            and Path(DEMO_LABELS.format(each.recording)).is_file()
        }

    def demo_channel(self, recording: str) -> str:
        """Channel that the calls of a recording of the demo are loudest in."""
        return self.demo[recording]

    @kept
    def clocks(self) -> dict[str, dict[str, str]]:
        """When every recording began, empty where its name does not tell."""
        return {each.recording: clock_needed(each.told) for each in self.all}

    @kept
    def told(self) -> dict[str, dict[str, Any]]:
        """What the name of every recording tells, and where its site is."""
        return {each.recording: self.about(each) for each in self.all}

    def about(self, recording: Recording) -> dict[str, Any]:
        """What the name of a recording tells, and where its site is."""
        place = self.places.get(recording.site)
        return recording.told | (place.cells() if place else {})

    def notes(self, key: str = "recordings", of: Sequence[Recording] | None = None) -> list[str]:
        """What a user should know of recordings that stand under a key of the config."""
        of = self.all if of is None else of
        found = list(tell_oddities(key, of))
        if self.places and (gone := sorted({each.site for each in of} - {""} - set(self.places))):
            found.append(
                f"sites: {self._sites} has no coordinates of {', '.join(gone[:5])}"
                f"{', ...' if len(gone) > 5 else ''}, where recordings are from."
            )
        if self.places and of and not any(each.utc for each in of):
            found.append(
                f"sites: minutes from sunset need to know the time in UTC; give {key}.time_zone."
            )
        return found

    @kept
    def rows(self) -> list[dict[str, str]]:
        """Everything that is known of each recording before it is read."""
        return [asdict(each) for each in self.all]
