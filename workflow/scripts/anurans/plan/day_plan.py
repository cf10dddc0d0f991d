"""New recordings that a config listens to, dealt to days.

Nothing is looked at before it is asked for, so that a config without `detection` costs nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple
from functools import cached_property
from typing import Any

from anurans.annotations.sources import AnnotationSource
from anurans.common.errors import UserError
from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.kept_answers import kept
from anurans.plan.recording_plan import RecordingPlan
from anurans.recordings import names
from anurans.recordings.names import Recording

# Jobs for the recordings whose names tell no date.
UNDATED = 32


def day_of(recording: Recording) -> str:
    """Job that a recording is listened to in: its date, so that a new one costs its day only."""
    if recording.date:
        return recording.date.replace("-", "")
    return f"undated-{names.shard_of(recording.recording, UNDATED)[-2:]}"


class DayPlan:
    """The new recordings, by the job that listens to them: a day's, or some without a date.

    Parameters
    ----------
    config
        A loaded config.
    recordings
        Those to train on, and where sites are.
    annotations
        How those to train on are read, and so the truth too.
    """

    def __init__(
        self, config: Mapping[str, Any], recordings: RecordingPlan, annotations: AnnotationPlan
    ) -> None:
        self._config = config
        self._recordings = recordings
        self.answers = recordings.answers
        self._annotations = annotations

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The config's `detection`, refused where there is none."""
        if "detection" not in self._config:
            raise UserError(
                "The config does not say what to detect calls in; name the new recordings:\n"
                "  detection:\n    recordings: {source: FOLDER}\n"
                "config/README.md has all keys."
            )
        return self._config["detection"]

    @cached_property
    def all(self) -> dict[str, list[Recording]]:
        """New recordings by the job that listens to them: a day's, or some without a date."""
        own = self.settings["recordings"]
        kept = {key: self._config["recordings"][key] for key in own if own[key] is None}
        try:
            found = names.list_recordings(**own | kept)
        except UserError as error:
            raise UserError(str(error).replace("recordings.", "detection.recordings.")) from None
        of: dict[str, list[Recording]] = {}
        for each in found:
            of.setdefault(day_of(each), []).append(each)
        return dict(sorted(of.items()))

    @kept
    def days(self) -> list[str]:
        """Names of the jobs, sorted."""
        return list(self.all)

    def _of(self, day: str) -> list[Recording]:
        """New recordings of a day."""
        rows = self.answers.kept(f"new recordings of {day}")
        return self.all[day] if rows is None else [Recording(*row) for row in rows]

    def by_day(self) -> dict[str, list[tuple[str, ...]]]:
        """What `_of` asks for, of each day, where they are listed; for jobs that do not."""
        listed = self.__dict__.get("all", {})
        return {
            f"new recordings of {day}": [astuple(each) for each in of] for day, of in listed.items()
        }

    def of_all(self, pattern: str) -> list[str]:
        """A file of every day."""
        return [pattern.format(day=day) for day in self.days()]

    def inputs(
        self, day: str, made: Callable[[str], bool], wanted: Callable[[str], bool] = bool
    ) -> list[str]:
        """Files of a day that a job can wait for."""
        return [each.path for each in names.waited_for(self._of(day), made, wanted)]

    def files(
        self,
        day: str,
        inputs: Iterable[str],
        made: Callable[[str], bool],
        wanted: Callable[[str], bool] = bool,
    ) -> list[str]:
        """Where a job that got these inputs finds each recording of a day."""
        waited = names.waited_for(self._of(day), made, wanted)
        return names.found_at(self._of(day), waited, inputs)

    def rows(self, day: str) -> list[dict[str, str]]:
        """What is known of the recordings of a day before they are read."""
        return [
            {
                "recording": each.recording,
                "path": each.path,
                "fault": each.fault,
                "channel": each.channel or self._config["audio"]["channel"],
            }
            for each in self._of(day)
        ]

    @kept
    def channels(self) -> dict[str, str]:
        """Channel that is used of each new recording."""
        return {row["recording"]: row["channel"] for day in self.all for row in self.rows(day)}

    def told(self, day: str) -> dict[str, dict[str, Any]]:
        """What the names of the recordings of a day tell, and where their sites are."""
        return {each.recording: self._recordings.about(each) for each in self._of(day)}

    @kept
    def all_told(self) -> dict[str, dict[str, Any]]:
        """What the names of all new recordings tell."""
        return {name: told for day in self.all for name, told in self.told(day).items()}

    def notes(self) -> list[str]:
        """What a user should know of the names and clocks of the new recordings."""
        if "detection" not in self._config:
            return []
        try:
            every = [each for of in self.all.values() for each in of]
        except UserError:  # which the jobs that need them tell
            return []
        return self._recordings.notes("detection.recordings", every)

    @kept
    def dated(self) -> bool:
        """Tell whether any name of a new recording tells date and time."""
        return any(each.date and each.time for of in self.all.values() for each in of)

    @kept
    def sunny(self) -> bool:
        """Tell whether time in UTC and place of any new recording are known."""
        places = self._recordings.places
        return any(each.utc and each.site in places for of in self.all.values() for each in of)

    @kept
    def truth_digest(self) -> str:
        """Digest of the annotations of new recordings that events are judged by."""
        ids = [each.recording for of in self.all.values() for each in of]
        source = AnnotationSource(self.settings["truth"], ids, **self._annotations.settings)
        return source.digest(ids)
