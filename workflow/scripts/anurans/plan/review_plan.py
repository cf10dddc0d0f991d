"""What pages of review need to know: where recordings lie, annotated ones and new ones."""

from collections.abc import Mapping
from typing import Any

from anurans.plan.day_plan import DayPlan
from anurans.plan.recording_plan import RecordingPlan

TOLD = ("recording", "path", "channel", "site", "date", "time")


class ReviewPlan:
    """The recordings that a queue may ask about.

    Parameters
    ----------
    config
        A loaded config.
    recordings
        Those to train on.
    days
        New ones, where the config has any.
    """

    def __init__(self, config: Mapping[str, Any], recordings: RecordingPlan, days: DayPlan) -> None:
        self._config = config
        self._recordings = recordings
        self._days = days

    def page(self) -> dict[str, Any]:
        """Sound and images of a page: what the config says otherwise than usual."""
        return {}

    def recordings(self) -> list[dict[str, str]]:
        """Path, channel, site and local time of each; of two of one id the annotated one."""
        found = {each.recording: each for each in self._recordings.all}
        if "detection" in self._config:
            for of in self._days.all.values():
                for each in of:
                    found.setdefault(each.recording, each)
        channel = self._config["audio"]["channel"]
        return [
            {name: getattr(each, name) for name in TOLD} | {"channel": each.channel or channel}
            for each in found.values()
        ]
