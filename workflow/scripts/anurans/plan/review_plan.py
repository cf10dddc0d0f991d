"""What people are asked to listen to, and what they answered.

Nothing is looked at before it is asked for, so that a config without `review` costs nothing.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from anurans.common.errors import UserError, listing
from anurans.common.tables import read_table
from anurans.listening.finished_models import Finished
from anurans.plan import runs as config_runs
from anurans.plan.day_plan import DayPlan
from anurans.plan.detection_plan import BEST, CHECKED, TUNED, candidates
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan
from anurans.plan.search_plan import SearchPlan

# Those drawn of new recordings, and of the annotated ones.
OF_SEASON, OF_TRAINING = ("check", "count"), ("doubt",)
# Drawn of new recordings where it is asked for by itself, and made anew with each search.
TEACH, SEARCH = "teach", "search"
KINDS = (*OF_SEASON, *OF_TRAINING, TEACH)
QUEUES = "results/review/queues/{queue}.csv"


class ReviewPlan:
    """The queues of a config, and the verdicts that it names.

    A queue is a kind and the round that it is of, such as `count-1`. It is drawn once: where its
    file is there, nothing makes it any more.

    Parameters
    ----------
    config
        A loaded config.
    recordings
        Those to train on.
    days
        The new recordings.
    runs
        Trainings, of which those of one model doubt annotations.
    search
        What is searched for, and in which recordings.
    finished
        The finished model that is listened with; None where models are trained here.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        recordings: RecordingPlan,
        days: DayPlan,
        runs: RunPlan,
        search: SearchPlan,
        finished: Finished | None,
    ) -> None:
        self._config = config
        self._recordings = recordings
        self._days = days
        self._runs = runs
        self._search = search
        self._finished = finished
        self.settings: dict[str, Any] = config["review"]

    def kinds(self) -> list[str]:
        """Kinds of queues that this config can draw.

        Raises
        ------
        UserError
            Where there is neither anything detected nor anything held out.
        """
        found = [*OF_SEASON] if "detection" in self._config else []
        found += OF_TRAINING if self._doubted() else ()
        if not found:
            raise UserError(
                "review: there is nothing to listen to. Name new recordings under detection:, or "
                "give a split folds, so that models can doubt annotations that they did not see."
            )
        return found

    def _doubted(self) -> list[config_runs.Run]:
        """Runs of the model that detects, or of those that the best is chosen among, with folds."""
        if self._finished:
            return []
        wanted = self._config.get("detection", {"model": BEST, "thresholds": TUNED})
        runs = candidates({**self._config, "detection": wanted}, self._runs.all)
        return [run for run in runs if self._config["splits"][run.split]["folds"]]

    def of_runs(self, name: str) -> list[str]:
        """A file of every run whose held-out scores may contradict annotations."""
        return self._runs.files(name, self._doubted())

    def queues(self) -> list[str]:
        """All queues of this round and those before it."""
        rounds = range(1, self.settings["round"] + 1)
        return [f"{kind}-{number}" for number in rounds for kind in self.kinds()]

    def drawn(self, place: Callable[[str], str]) -> set[str]:
        """Queues that are there already, where results lie."""
        rounds = range(1, self.settings["round"] + 1)
        return {
            queue
            for queue in (f"{kind}-{number}" for number in rounds for kind in KINDS)
            if Path(place(QUEUES.format(queue=queue))).exists()
        }

    def undrawn(self, kind: str, place: Callable[[str], str]) -> str:
        """Pattern of the rounds of a kind that a rule may draw."""
        drawn = self.drawn(place)
        rounds = range(1, self.settings["round"] + 1)
        return "|".join(str(n) for n in rounds if f"{kind}-{n}" not in drawn) or "(?!)"

    def doubts_page(self) -> str:
        """Page of the annotations that models doubt, beside the report's; empty without one."""
        return f"../review/doubt-{self.settings['round']}.html" if self._doubted() else ""

    def pages(self, place: Callable[[str], str]) -> list[str]:
        """The page of every queue."""
        self.refuse_lost(place)
        return [f"results/review/{queue}.html" for queue in self.queues()]

    def drawn_files(self, place: Callable[[str], str], pattern: str, *kinds: str) -> list[str]:
        """A file of every queue that is there: nobody has answered another one.

        What is not drawn yet stands behind the detections, which may stand on answers.

        Raises
        ------
        UserError
            Where the file of a queue that is there is not: it was written with the queue, and
            nothing makes it anew.
        """
        drawn = sorted(self.drawn(place))
        kinds = kinds or (*OF_SEASON, *OF_TRAINING)
        kept = [queue for queue in drawn if queue.partition("-")[0] in kinds]
        files = [pattern.format(queue=queue) for queue in kept]
        missing = [place(path) for path in files if not Path(place(path)).exists()]
        if missing:
            raise UserError(
                f"Not there, though their queues are:\n{listing(missing)}\nEach was written with "
                "its queue, and says how many clips were not drawn. Restore it from a copy. Else "
                "delete the queue too, leave its verdicts out of review.verdicts, and draw anew."
            )
        return files

    def taught(self, place: Callable[[str], str]) -> list[str]:
        """Queues of what to annotate next of earlier rounds, where they are there."""
        earlier = [f"{TEACH}-{number}" for number in range(1, self.settings["round"])]
        return [QUEUES.format(queue=queue) for queue in earlier if queue in self.drawn(place)]

    def candidates(self, clips: str) -> list[str]:
        """Table of the clips that are embedded, where not all of a day's are."""
        return ["results/review/candidates.csv"] if clips == "candidates" else []

    def suggested(self) -> list[str]:
        """What the target `suggest` makes, refused where there are no new recordings."""
        self._days.all  # noqa: B018
        page = f"results/review/{TEACH}-{self.settings['round']}.html"
        return ["results/review/suggestions.csv", page]

    def recordings_tables(self, queue: str) -> list[str]:
        """Tables of the recordings that a queue asks about."""
        kind = queue.partition("-")[0]
        if kind == SEARCH:
            return self._search.recordings_tables()
        return [
            "results/recordings.csv" if kind in OF_TRAINING else "results/detections/recordings.csv"
        ]

    def channels(self, queue: str) -> dict[str, str]:
        """Channels that are used of the recordings of a queue, where it is not the config's."""
        kind, usual = queue.partition("-")[0], self._config["audio"]["channel"]
        if kind == SEARCH:
            of = self._search.channels()
        else:
            trained = kind in OF_TRAINING
            of = self._recordings.all_channels() if trained else self._days.channels()
        return {name: channel for name, channel in of.items() if channel != usual}

    def questions(self, kind: str) -> int:
        """How many clips a queue of a kind has."""
        return self.settings["questions"][kind]

    def verdicts(self) -> list[str]:
        """Files of verdicts, refused where one is not there, or is named twice."""
        files: list[str] = list(self.settings["verdicts"])
        missing = [file for file in files if not Path(file).is_file()]
        if missing:
            raise UserError(f"review.verdicts: not there:\n{listing(missing)}")
        seen: dict[Path, str] = {}
        for file in files:
            first = seen.setdefault(Path(file).resolve(), file)
            if first is not file:
                raise UserError(
                    f"review.verdicts: {file} is named twice (the first time as {first}); name "
                    "each file once."
                )
        return files

    def refuse_lost(self, place: Callable[[str], str]) -> None:
        """Refuse to draw a queue again whose clips somebody has answered already.

        Raises
        ------
        UserError
            Where verdicts are of a queue that is not there.
        """
        for file in self.verdicts():
            rows = read_table(file, ("queue", "kind"))
            for queue in sorted({row["queue"] for row in rows if row["kind"] in KINDS}):
                path = place(QUEUES.format(queue=queue))
                number = queue.rpartition("-")[2]
                if not Path(path).exists():
                    raise UserError(
                        f"{file}: has answers to queue {queue}, and {path} is not there. It would "
                        "be drawn anew, with other clips than were answered. Restore it from a "
                        "copy (for count also its file in frames/), or leave this file out of "
                        "review.verdicts."
                    )
                if number.isdecimal() and int(number) > self.settings["round"]:
                    raise UserError(
                        f"{file}: has answers to queue {queue}; found review.round: "
                        f"{self.settings['round']}, expected {number} or more."
                    )

    def verdicts_digest(self) -> str:
        """SHA-256 of what the files of verdicts hold, whatever they are called."""
        digests = sorted(
            hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in self.verdicts()
        )
        return hashlib.sha256(" ".join(digests).encode()).hexdigest()[:16]

    def answered(self) -> list[str]:
        """Tables of what follows from verdicts; empty without any."""
        if not self.settings["verdicts"]:
            return []
        names = ["verdicts", "agreement", "disagreements"]
        kinds = self.kinds()
        names += ["counts"] if "count" in kinds else []
        names += ["thresholds"] if "check" in kinds else []
        names += ["corrections", "yield", "effect"] if "doubt" in kinds else []
        return [f"results/review/{name}.csv" for name in names]

    def listened(self) -> list[str]:
        """Table of listened counts, where there are verdicts."""
        return [path for path in self.answered() if path.endswith("/counts.csv")]

    def counted(self, place: Callable[[str], str]) -> list[str]:
        """The same, where a queue to count is there too."""
        return self.listened() if self.drawn_files(place, QUEUES, "count") else []

    def checked(self) -> list[str]:
        """Table of checked thresholds, where detection is to use them."""
        wanted = self._config.get("detection", {"thresholds": TUNED})["thresholds"]
        return ["results/review/thresholds.csv"] if wanted == CHECKED else []

    def all(self, place: Callable[[str], str]) -> list[str]:
        """What the target `review` makes."""
        return [*self.pages(place), *self.answered()]
