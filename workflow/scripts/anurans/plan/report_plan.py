"""Tables and figures that a config has something to say in."""

from anurans.plan.dataset_plan import ORIGINAL, DatasetPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan
from anurans.plan.study_plan import StudyPlan

# Figures of each split.
SPLIT_FIGURES = ("split", "learning_curves", "precision_recall", "reliability")


class ReportPlan:
    """Tables and figures of all runs.

    Parameters
    ----------
    recordings, runs, datasets, study
        Those of the config.
    """

    def __init__(
        self,
        recordings: RecordingPlan,
        runs: RunPlan,
        datasets: DatasetPlan,
        study: StudyPlan,
    ) -> None:
        self._recordings = recordings
        self._runs = runs
        self._datasets = datasets
        self._study = study

    def tables(self) -> list[str]:
        """Tables that the config has something to say in."""
        return [
            "results/checks/leakage.csv",
            *(
                f"results/tables/{name}.csv"
                for name in ("models", "intervals", "comparisons", "costs")
            ),
            *(["results/tables/calibration.csv"] if self._runs.calibrated() else []),
            *(f"results/tables/{name}.csv" for name in ("labelling", "datasets")),
            *(["results/tables/optimism.csv"] if self._runs.of_optimism() else []),
        ]

    def all_tables(self) -> list[str]:
        """The same, and the study's where the config has its three experiments."""
        return [*self.tables(), *(self._study.tables() if self._study.figures() else [])]

    def figures(self) -> list[str]:
        """Figures that the config has something to show in; the study's are its own."""
        dated = any(each.night for each in self._recordings.all)
        copies = [each for each in self._datasets.techniques() if each != ORIGINAL]
        names = [
            "models",
            "annotations",
            "costs",
            *(f"{figure}-{split}" for split in self._runs.by for figure in SPLIT_FIGURES),
            *(f"hours-{split}" for split in self._runs.by if dated),
            *(f"copies-{technique}" for technique in copies),
            *(["optimism"] if self._runs.of_optimism() else []),
        ]
        return [f"results/figures/{name}.{kind}" for name in names for kind in ("svg", "png")]
