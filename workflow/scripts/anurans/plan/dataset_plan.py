"""The datasets that a config runs, the techniques that they are made of, and their shards."""

from collections.abc import Iterable, Mapping
from typing import Any

from anurans.common.errors import UserError
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan
from anurans.plan.schema import schema

ORIGINAL, STRETCHED = "original", "time_stretch"


class DatasetPlan:
    """Clips, copies and their embeddings.

    Parameters
    ----------
    config
        A loaded config.
    recordings, runs
        Its recordings and runs.
    """

    def __init__(self, config: Mapping[str, Any], recordings: RecordingPlan, runs: RunPlan) -> None:
        self._config = config
        self._recordings = recordings
        self._runs = runs

    def used(self) -> dict[str, dict[str, Any]]:
        """The datasets that are run."""
        used = {run.dataset for run in self._runs.all}
        return {name: each for name, each in self._config["datasets"].items() if name in used}

    def techniques(self, datasets: Iterable[str] | None = None) -> list[str]:
        """Techniques of some datasets, by default of those that are run; original first."""
        datasets = self.used() if datasets is None else set(datasets)
        used = {t for name in datasets for t in self._config["datasets"][name]["techniques"]}
        known = schema()["$defs"]["technique"]["enum"]
        return [technique for technique in known if technique in used]

    def copies(self, dataset: str) -> list[str]:
        """Techniques of a dataset whose clips are copies."""
        return [technique for technique in self.techniques([dataset]) if technique != ORIGINAL]

    def embeddings(self) -> list[str]:
        """Embedding shards of every run."""
        wanted = {
            (run.backbone, technique)
            for run in self._runs.all
            for technique in self.techniques([run.dataset])
        }
        return [
            f"results/embeddings/{backbone}/{technique}/{shard}.h5"
            for backbone, technique in sorted(wanted)
            for shard in self._recordings.shards
        ]

    def kept_clips(self) -> list[str]:
        """Names of the audio of clips, refused where it is not kept."""
        if not self._config["clips"]["keep"]:
            raise UserError(
                "The target clips needs clips.keep: true in the config. Without it the audio of "
                "clips is deleted once its spectrograms are made, and making it again would make "
                "all that follows again."
            )
        return [
            f"results/clips/{technique}/{shard}.h5"
            for technique in self.techniques()
            if technique in (ORIGINAL, STRETCHED)
            for shard in self._recordings.shards
        ]

    def masks(self, technique: str) -> dict[str, Any]:
        """What the places of a technique's masks depend on."""
        settings = self._config["augmentation"][technique]
        return {key: value for key, value in settings.items() if key != "fill"}

    def image(self, technique: str) -> dict[str, Any]:
        """What the axis that a technique masks depends on, as `image_axes` takes it."""
        sr, spectrogram = self._config["audio"]["sr"], self._config["spectrogram"]
        if technique == "time_mask":
            samples = round(self._config["clips"]["length"] * sr)
            return {"sr": sr, "samples": samples, "hop_length": spectrogram["hop_length"]}
        keys = ("scale", "n_fft", "n_mels", "fmin", "fmax")
        return {"sr": sr} | {key: spectrogram[key] for key in keys}

    def top(self, technique: str) -> float | None:
        """Frequency at which images end, in Hz, where masks in sound depend on it."""
        return self._config["audio"]["sr"] / 2 if technique == "frequency_mask" else None
