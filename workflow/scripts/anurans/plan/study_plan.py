"""What the study's three experiments ask for; part of `anurans.plan.plan.Plan`."""

from typing import Any

from anurans.common.errors import UserError
from anurans.plan import config as configs

STAGES = ("stage1", "stage2", "stage3")


class StudyPlan:
    """The part of a plan that only a config with the study's experiments has.

    Attributes
    ----------
    config
        The loaded config.
    runs
        Its runs, and the experiments that each is part of.
    """

    config: dict[str, Any]
    runs: dict[configs.Run, tuple[str, ...]]

    def study_runs(self, *stages: str) -> list[configs.Run]:
        """Runs of these experiments of the study, or of all; refused where a config lacks them."""
        missing = [stage for stage in STAGES if stage not in self.config["experiments"]]
        if missing:
            raise UserError(
                "The study's tables need the experiments stage1, stage2 and stage3, and the config "
                f"has no {', '.join(missing)}; use --configfile config/paper.yaml, or give "
                "experiments of your own these names."
            )
        wanted = set(stages or STAGES)
        return [run for run, experiments in self.runs.items() if wanted & set(experiments)]

    def study_stages(self) -> list[list[str]]:
        """Experiments that each run of the study is part of, in the order of the runs."""
        return [list(self.runs[run]) for run in self.study_runs()]

    def study_recipes(self, *stages: str) -> dict[str, dict[str, Any]]:
        """Settings of the recipes of these experiments of the study."""
        used = {run.recipe for run in self.study_runs(*stages)}
        return {name: each for name, each in self.config["recipes"].items() if name in used}

    def study_architectures(self, *stages: str) -> dict[str, str]:
        """Architecture of each backbone of these experiments of the study."""
        used = {run.backbone for run in self.study_runs(*stages)}
        backbones = self.config["backbones"].items()
        return {name: each["architecture"] for name, each in backbones if name in used}

    def study_datasets(self, *stages: str) -> dict[str, list[str]]:
        """Techniques of each dataset of these experiments of the study."""
        used = {run.dataset for run in self.study_runs(*stages)}
        datasets = self.config["datasets"].items()
        return {name: each["techniques"] for name, each in datasets if name in used}

    def study_tables(self) -> list[str]:
        """Tables of the study."""
        self.study_runs()
        names = ("table1", "table2", "table2_all", "hypotheses")
        return [f"results/tables/{name}.{kind}" for name in names for kind in ("csv", "md")]

    def stage_runs(self, experiment: str, dataset: str | None = None) -> list[configs.Run]:
        """Runs of an experiment, or those of it on one dataset."""
        return [
            run
            for run, experiments in self.runs.items()
            if experiment in experiments and dataset in (None, run.dataset)
        ]

    def study_figures(self) -> list[str]:
        """The study's figures 1 to 4, where the config has its three experiments."""
        complete = all(self.stage_runs(stage) for stage in STAGES)
        if not complete or not self.stage_runs("stage3", "combined"):
            return []
        return [f"results/figures/figure{n}.{kind}" for n in range(1, 5) for kind in ("svg", "png")]
