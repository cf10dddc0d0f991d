"""What the study's three experiments ask for."""

from collections.abc import Mapping
from typing import Any

from anurans.common.errors import UserError
from anurans.plan.run_plan import RunPlan
from anurans.plan.runs import Run

STAGES = ("stage1", "stage2", "stage3")


class StudyPlan:
    """What only a config with the study's experiments has.

    Parameters
    ----------
    config
        A loaded config.
    runs
        Its runs.
    """

    def __init__(self, config: Mapping[str, Any], runs: RunPlan) -> None:
        self._config = config
        self._runs = runs

    def runs(self, *stages: str) -> list[Run]:
        """Runs of these experiments of the study, or of all.

        Raises
        ------
        UserError
            When the config lacks any of the three.
        """
        missing = [stage for stage in STAGES if stage not in self._config["experiments"]]
        if missing:
            raise UserError(
                "The study's tables need the experiments stage1, stage2 and stage3, and the config "
                f"has no {', '.join(missing)}; use --configfile config/paper.yaml, or give "
                "experiments of your own these names."
            )
        wanted = set(stages or STAGES)
        return [run for run, experiments in self._runs.all.items() if wanted & set(experiments)]

    def files(self, name: str, *stages: str) -> list[str]:
        """A file of every run of these experiments of the study; refused as `runs` are."""
        return self._runs.files(name, self.runs(*stages))

    def stages(self) -> list[list[str]]:
        """Experiments that each run of the study is part of, in the order of the runs."""
        return [list(self._runs.all[run]) for run in self.runs()]

    def recipes(self, *stages: str) -> dict[str, dict[str, Any]]:
        """Settings of the recipes of these experiments of the study."""
        used = {run.recipe for run in self.runs(*stages)}
        return {name: each for name, each in self._config["recipes"].items() if name in used}

    def architectures(self, *stages: str) -> dict[str, str]:
        """Architecture of each backbone of these experiments of the study."""
        used = {run.backbone for run in self.runs(*stages)}
        backbones = self._config["backbones"].items()
        return {name: each["architecture"] for name, each in backbones if name in used}

    def datasets(self, *stages: str) -> dict[str, list[str]]:
        """Techniques of each dataset of these experiments of the study."""
        used = {run.dataset for run in self.runs(*stages)}
        datasets = self._config["datasets"].items()
        return {name: each["techniques"] for name, each in datasets if name in used}

    def of_stage(self, experiment: str, dataset: str | None = None) -> list[Run]:
        """Runs of an experiment, or those of it on one dataset; none where it is not there."""
        return [
            run
            for run, experiments in self._runs.all.items()
            if experiment in experiments and dataset in (None, run.dataset)
        ]

    def tables(self) -> list[str]:
        """Tables of the study; refused as `runs` are."""
        self.runs()
        names = ("table1", "table2", "table2_all", "hypotheses")
        return [f"results/tables/{name}.{kind}" for name in names for kind in ("csv", "md")]

    def figures(self) -> list[str]:
        """The study's figures 1 to 4, where the config has its three experiments."""
        complete = all(self.of_stage(stage) for stage in STAGES)
        if not complete or not self.of_stage("stage3", "combined"):
            return []
        return [f"results/figures/figure{n}.{kind}" for n in range(1, 5) for kind in ("svg", "png")]
