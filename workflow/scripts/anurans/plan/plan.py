"""What a config asks for, and what each job needs to know before it starts.

Made at parse time, by every job of a cluster too: names are listed and annotations read when they
are first asked for, and not where another process has kept the answers. Never audio, standard
library only.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from anurans.common.errors import UserError
from anurans.plan import config as configs
from anurans.plan import config_files
from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.cost_plan import CostPlan
from anurans.plan.dataset_plan import DatasetPlan
from anurans.plan.day_plan import DayPlan
from anurans.plan.detection_plan import DetectionPlan, mistakes
from anurans.plan.export_plan import ExportPlan
from anurans.plan.folder_plan import FolderPlan
from anurans.plan.kept_answers import Answers
from anurans.plan.network_plan import NetworkPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.report_plan import ReportPlan
from anurans.plan.review_plan import ReviewPlan
from anurans.plan.run_plan import RunPlan
from anurans.plan.search_plan import SearchPlan
from anurans.plan.split_plan import SplitPlan, count_sites
from anurans.plan.study_plan import StudyPlan
from anurans.sounds import resolution


class Plan:
    """A loaded config, and a plan of each stage.

    Parameters
    ----------
    config
        As read from the file or files.
    name
        What to call it in messages; by default its files.
    files
        The files that it was read from.
    answers
        Where answers about names and annotations are kept.

    Raises
    ------
    UserError
        When the config has mistakes. Where recordings are not there, `recordings.absent` says so.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        name: str = "",
        files: Iterable = (),
        answers: Answers | None = None,
    ) -> None:
        config_files.refuse_twice(files)
        name = name or ", ".join(map(str, files)) or "config"
        self.config = config = configs.load(config, name)
        self.finished = configs.finished_model(config)
        self.answers = answers or Answers()
        self.answers.belong_to(config)
        self.recordings = RecordingPlan(config, self.answers)
        self.annotations = AnnotationPlan(config, self.recordings)
        sites = count_sites(config, self.recordings, self.annotations)
        self.runs = RunPlan(config, self.recordings)
        configs.refuse(list(mistakes(config, self.runs.all)), name)
        self.splits = SplitPlan(config, self.recordings, self.annotations, sites)
        self.datasets = DatasetPlan(config, self.recordings, self.runs)
        self.networks = NetworkPlan(config, self.runs, self.finished)
        self.costs = CostPlan(config, self.recordings, self.runs, self.datasets)
        self.study = StudyPlan(config, self.runs)
        self.report = ReportPlan(
            self.recordings, self.annotations, self.networks, self.runs, self.datasets, self.study
        )
        self.days = DayPlan(config, self.recordings, self.annotations)
        self.folders = FolderPlan(config, self.recordings, self.annotations, self.days, files)
        self.detection = DetectionPlan(
            self.config, self.recordings, self.runs, self.networks, self.days, self.finished
        )
        self.search = SearchPlan(
            *(config, self.recordings, self.annotations, self.days, self.networks, self.finished)
        )
        self.review = ReviewPlan(
            *(self.config, self.recordings, self.days, self.runs, self.search, self.finished),
        )
        self.exports = ExportPlan(
            self.config, self.recordings, self.days, self.networks, self.finished
        )

    def keep(self) -> bool:
        """Keep what is known for the jobs of a cluster, as `Answers.keep` does."""
        return self.answers.keep(self.recordings.by_shard() | self.days.by_day())

    @property
    def trained_config(self) -> dict[str, Any]:
        """The config without what changes nothing of the models: what is detected, or leaves."""
        without = ("detection", "export", "review", "search", "start")
        return {key: value for key, value in self.config.items() if key not in without}

    def start(self) -> dict[str, Any]:
        """What `snakemake start` looks at.

        Raises
        ------
        UserError
            Where the config does not say.
        """
        if "start" not in self.config:
            raise UserError(
                "start: name the folder of the recordings, and where the annotations are: "
                "snakemake start --config 'start={recordings: cards, annotations: labels}' "
                "(docs/recordings.md)."
            )
        return self.config["start"]

    @property
    def notes(self) -> list[str]:
        """What a user should know of the config before anything starts; nothing is wrong."""
        sr, length = self.config["audio"]["sr"], self.config["clips"]["length"]
        stretched = resolution.stretched(self.config["spectrogram"], sr, length)
        return [
            *([stretched] if stretched else []),
            *self.recordings.notes(),
            *self.days.notes(),
        ]
