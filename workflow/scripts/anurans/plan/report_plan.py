"""Tables and figures that a config has something to say in."""

from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.dataset_plan import ORIGINAL, DatasetPlan
from anurans.plan.network_plan import NetworkPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan
from anurans.plan.study_plan import StudyPlan

# Figures of each split.
SPLIT_FIGURES = ("split", "learning_curves", "precision_recall", "reliability")


class ReportPlan:
    """Tables and figures of all runs.

    Parameters
    ----------
    recordings, annotations, networks, runs, datasets, study
        Those of the config.
    """

    def __init__(
        self,
        recordings: RecordingPlan,
        annotations: AnnotationPlan,
        networks: NetworkPlan,
        runs: RunPlan,
        datasets: DatasetPlan,
        study: StudyPlan,
    ) -> None:
        self._recordings = recordings
        self._annotations = annotations
        self._networks = networks
        self._runs = runs
        self._datasets = datasets
        self._study = study

    def tables(self) -> list[str]:
        """Tables that the config has something to say in."""
        return [
            "results/checks/leakage.csv",
            *(
                f"results/tables/{name}.csv"
                for name in ("models", "intervals", "presence", "comparisons", "costs")
            ),
            *(
                f"results/tables/{name}.csv"
                for name in (("calibration", "events", "field") if self._runs.calibrated() else ())
            ),
            *(["results/tables/sites.csv"] if self._has_sites() else []),
            *(f"results/tables/{name}.csv" for name in ("labelling", "datasets")),
            *(["results/tables/optimism.csv"] if self._runs.of_optimism() else []),
        ]

    def _has_sites(self) -> bool:
        """Whether recordings are of several sites."""
        return len(self._recordings.sites()) > 1

    def all_tables(self) -> list[str]:
        """The same, and the study's where the config has its three experiments."""
        return [*self.tables(), *(self._study.tables() if self._study.figures() else [])]

    def shown_shards(self) -> list[str]:
        """Shards that figures of copies choose their examples from.

        All; without a network that takes images, the one with most annotated recordings, since
        what is shown is all that is drawn then.
        """
        shards = self._recordings.shards
        if self._networks.of_images:
            return shards
        annotated = {each.recording for each in self._annotations.annotated}
        counts = {name: len(annotated & set(self._recordings.ids_of(name))) for name in shards}
        return sorted(shards, key=lambda name: -counts[name])[:1]

    def shown_copies(self, technique: str) -> list[str]:
        """Images that a figure of copies chooses its examples from."""
        return [f"results/spectrograms/{technique}/{shard}.h5" for shard in self.shown_shards()]

    def shown_originals(self) -> list[str]:
        """Images of what these are copies of."""
        return self.shown_copies(ORIGINAL)

    def figures(self) -> list[str]:
        """Figures that the config has something to show in; the study's are its own."""
        dated = self._recordings.dated()
        held_out = dict.fromkeys(run.split for run in self._runs.calibrated())
        copies = [each for each in self._datasets.techniques() if each != ORIGINAL]
        names = [
            "models",
            "annotations",
            "costs",
            *(f"{figure}-{split}" for split in self._runs.by for figure in SPLIT_FIGURES),
            *(f"hours-{split}" for split in self._runs.by if dated),
            *(f"field-{split}" for split in held_out),
            *(f"sites-{split}" for split in self._runs.by if self._has_sites()),
            *(f"copies-{technique}" for technique in copies),
            *(["optimism"] if self._runs.of_optimism() else []),
        ]
        return [f"results/figures/{name}.{kind}" for name in names for kind in ("svg", "png")]
