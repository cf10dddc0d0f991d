"""What a search looks for, and where.

Nothing is looked at before it is asked for, so that a config without `search` costs nothing.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from anurans.common.errors import UserError
from anurans.listening.finished_models import Finished
from anurans.networks.sound_networks import is_sound
from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.day_plan import DayPlan
from anurans.plan.network_plan import NetworkPlan
from anurans.plan.recording_plan import RecordingPlan

NONE = (
    "search: say what to look for, a call in a file or a species that is annotated:\n"
    "  snakemake search --config 'search={example: call.wav, start: 2, end: 3.5}'\n"
    "  snakemake search --config 'search={label: CODE}'\n"
    "docs/review.md has more."
)


class SearchPlan:
    """A search for clips that sound like an example.

    Parameters
    ----------
    config
        A loaded config.
    recordings, annotations
        Those to train on.
    days
        The new recordings.
    networks
        Networks that embed.
    finished
        The finished model that is listened with; None where models are trained here.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        recordings: RecordingPlan,
        annotations: AnnotationPlan,
        days: DayPlan,
        networks: NetworkPlan,
        finished: Finished | None,
    ) -> None:
        self._config = config
        self._recordings = recordings
        self._annotations = annotations
        self._days = days
        self._networks = networks
        self._finished = finished

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The config's `search`, refused where it looks for nothing."""
        found = self._config["search"]
        if found["example"] is None and found["label"] is None:
            raise UserError(NONE)
        if found["example"] is not None and not Path(found["example"]).is_file():
            raise UserError(f"search.example: {found['example']} is not there; expected a file.")
        if found["label"] is not None and not self._recordings.shards:
            raise UserError(
                "search.label: this config has no annotated recordings; give an example of the "
                "call (search.example)."
            )
        if found["new"]:
            self._days.all  # noqa: B018  refused where there are none
        return found

    def setting(self, key: str) -> Any:
        """A value of the config's `search`."""
        return self.settings[key]

    def looked_for(self) -> dict[str, Any]:
        """What decides which clips are found, and how many."""
        keys = ("example", "start", "end", "label", "questions")
        return {key: self.settings[key] for key in keys}

    def backbone(self) -> str:
        """Network by whose embeddings clips are near each other.

        The one that the config names; that of the model which detects; the first that takes sound,
        since these hear calls better than networks of images; the first.
        """
        if named := self._config["search"]["backbone"]:
            return named
        if self._finished:
            return self._finished.backbone
        model = self._config.get("detection", {}).get("model", "")
        known = self._config["backbones"]
        if model.count("/") == 3 and model.split("/")[1] in known:
            return model.split("/")[1]
        return next((name for name, each in known.items() if is_sound(each)), next(iter(known)))

    def _has_stored(self) -> bool:
        return bool(self._recordings.shards) and self.backbone() in self._config["backbones"]

    def stored(self) -> list[str]:
        """Embeddings of the recordings to train on."""
        if not self._has_stored():
            return []
        at = f"results/embeddings/{self.backbone()}/original"
        return [f"{at}/{shard}.h5" for shard in self._recordings.shards]

    def new(self) -> list[str]:
        """Embeddings of the new recordings, where they are searched too."""
        pattern = "results/review/embeddings/all/{day}.h5"
        found = self._days.of_all(pattern) if self.settings["new"] else []
        if not found and not self.stored():
            raise UserError("search: there is nothing to search; give search.new: true.")
        return found

    def recordings_tables(self) -> list[str]:
        """Tables of the recordings that are searched."""
        found = ["results/recordings.csv"] if self._has_stored() else []
        return found + (["results/detections/recordings.csv"] if self.settings["new"] else [])

    def channels(self) -> dict[str, str]:
        """Channels that are used of the recordings that are searched."""
        new = self._days.channels() if self.settings["new"] else {}
        return new | self._recordings.all_channels()

    def network(self) -> list[str]:
        """Files of the network, where an example is to be embedded."""
        name = self.backbone()
        if self.settings["example"] is None or name not in self._networks.all:
            return []
        names = ["model.xml", "model.bin", "about.json"]
        if not is_sound(self._networks.all[name]):
            names.append("model.keras")
        return [f"results/backbones/{name}/{each}" for each in names]

    def finished(self) -> list[str]:
        """Of these, what a finished model that takes images has with it."""
        wanted = self.settings["example"] and self.backbone() not in self._networks.all
        return self._finished.network_paths if wanted and self._finished else []

    def example(self) -> list[str]:
        """File of the example."""
        return [self.settings["example"]] if self.settings["example"] else []

    def channel(self) -> str:
        """Channel that is read of it: where it is one of the recordings, that recording's."""
        example, usual = self.settings["example"], self._config["audio"]["channel"]
        return next(
            (each.channel or usual for each in self._recordings.all if each.path == example), usual
        )

    def annotations(self) -> str | list[str]:
        """Where annotations are, where the example is all clips with a label."""
        return self._annotations.path() if self.settings["label"] else []

    def annotations_digest(self) -> str | None:
        """Digest of them."""
        return self._annotations.digest() if self.settings["label"] else None

    def clip_settings(self) -> dict[str, Any]:
        """What an example of one's own is cut and drawn by."""
        return {
            "sr": self._config["audio"]["sr"],
            "length": self._config["clips"]["length"],
            "spectrogram": self._config["spectrogram"],
            "seed": self._config["seed"],
        }

    def species(self) -> list[str]:
        """Species that the page asks about: the one that is looked for, or all."""
        found = self.settings["species"] or self.settings["label"]
        return [found] if found else list(self._config["species"])

    def all(self) -> list[str]:
        """What the target `search` makes."""
        self.settings  # noqa: B018  refused where it looks for nothing
        return ["results/review/search.html"]
