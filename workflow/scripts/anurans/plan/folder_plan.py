"""Which files lie in the folders of a config that nothing reads."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from anurans.annotations.file_matching import OTHERS, SUFFIXES
from anurans.plan import config as configs
from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.day_plan import DayPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.recordings.unread import COLUMNS, unread_files


class FolderPlan:
    """Files in the folders of recordings and annotations that are of no kind that is read.

    Parameters
    ----------
    config
        A loaded config.
    recordings, annotations, days
        Those of the config.
    files
        The files that it was read from.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        recordings: RecordingPlan,
        annotations: AnnotationPlan,
        days: DayPlan,
        files: Iterable = (),
    ) -> None:
        self._config = config
        self._recordings = recordings
        self._annotations = annotations
        self._days = days
        self._files = [str(file) for file in files]

    def unread(self) -> list[dict[str, str]]:
        """Each file that nothing reads, and why; in the order of folders and names."""
        folders: dict[str, str] = {}
        used, beside = list(self._files), {}
        if configs.trains(self._config) and not self._recordings.absent:
            source = self._annotations.source
            used += [each.path for each in self._recordings.all]
            used += [str(path) for path in source.files_found()]
            beside = source.beside
            for of in ("recordings", "annotations"):
                folders[of] = self._config[of]["source"]
        if "detection" in self._config:
            used += [each.path for day in self._days.all.values() for each in day]
            folders["detection"] = self._config["detection"]["recordings"]["source"]
            used.append(str(self._config["detection"]["truth"] or ""))
        used += folders.values()
        known = {str(Path(path).absolute()) for path in used}
        rows: dict[str, dict[str, str]] = {}
        for of, folder in folders.items():
            if Path(folder).is_dir():
                for row in unread_files(folder, of, known, SUFFIXES + OTHERS):
                    rows.setdefault(str(Path(row["file"]).absolute()), row)
        for path, why in beside.items():
            if found := rows.get(str(Path(path).absolute())):
                found |= {"folder": "annotations", "reason": why}
        return [dict(zip(COLUMNS, row.values(), strict=True)) for row in rows.values()]
