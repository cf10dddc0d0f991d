"""What the tables of costs, before a run and after it, need to know of a config."""

from collections.abc import Callable, Mapping
from typing import Any

from anurans.networks.own_classes import OWN
from anurans.networks.sound_networks import is_sound
from anurans.plan.dataset_plan import DatasetPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan


class CostPlan:
    """Benchmark files of the jobs that take long, and the settings that sizes depend on.

    Parameters
    ----------
    config
        A loaded config.
    recordings, runs, datasets
        Its recordings, runs and datasets.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        recordings: RecordingPlan,
        runs: RunPlan,
        datasets: DatasetPlan,
    ) -> None:
        self._config = config
        self._recordings = recordings
        self._runs = runs
        self._datasets = datasets

    def settings(self) -> dict[str, Any]:
        """What the size and duration of everything depend on."""
        keys = ["audio", "clips", "augmentation", "datasets", "splits"]
        keys += ["backbones", "embedding", "recipes"]
        return {key: self._config[key] for key in keys}

    def networks(self, place: Callable[[str], str] = str) -> dict[str, dict[str, str | list[str]]]:
        """What each backbone takes, and benchmark files of its jobs: `embed` and `train`.

        Parameters
        ----------
        place
            Puts before a path what stands before those of rules.
        """
        found: dict[str, dict[str, str | list[str]]] = {}
        for backbone in self._runs.backbones:
            sound = is_sound(self._config["backbones"][backbone])
            runs = [r for r in self._runs.all if r.backbone == backbone and r.recipe != OWN]
            rule = "embed_sound" if sound else "embed_spectrograms"
            shards = [
                f"results/benchmarks/{rule}/{backbone}/{technique}/{shard}.tsv"
                for technique in self._datasets.techniques({run.dataset for run in runs})
                for shard in self._recordings.shards
            ]
            train = [
                f"results/benchmarks/{self._runs.rule_of(run)}/{run.folder}.tsv" for run in runs
            ]
            found[backbone] = {"takes": "sound" if sound else "image"}
            found[backbone] |= {"embed": [*map(place, shards)], "train": [*map(place, train)]}
        return found

    def benchmarks(self) -> list[str]:
        """All benchmark files of `networks`."""
        networks = self.networks().values()
        return [path for of in networks for kind in ("embed", "train") for path in of[kind]]
