"""How a config deals recordings to roles, and which annotations a run of a split uses."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from math import inf
from typing import Any

from anurans.common.errors import UserError
from anurans.plan import runs as config_runs
from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.kept_answers import kept
from anurans.plan.recording_plan import RecordingPlan
from anurans.recordings.names import Recording
from anurans.splits import clip_digests, splits
from anurans.splits.split_checks import check

# Role of every recording, in each fold.
Roles = dict[str, dict[str, str]]


def count_sites(
    config: Mapping[str, Any], recordings: RecordingPlan, annotations: AnnotationPlan
) -> dict[str, tuple[str, ...]]:
    """Sites of each split that leaves every one out once: those with annotations, sorted.

    The number of folds of these splits is written into the config.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, settings in config["splits"].items():
        if settings["folds"] != "sites":
            continue
        try:
            sites = annotations.sites() if not recordings.absent else []
        except UserError:  # which those tell that need the annotations
            sites = []
        tested = settings["test"] if isinstance(settings["test"], list) else []
        found[name] = tuple(site for site in sites if site not in tested)
        settings["folds"] = len(found[name])
        if len(found[name]) == 1:
            raise UserError(
                f"splits.{name}.folds: sites leaves each site out once, but all annotations are "
                f"of {found[name][0]}; recordings of other sites, a column site in a table of "
                "recordings, or by: night may help (docs/recordings.md)."
            )
    return found


class SplitPlan:
    """The splits of a config, whether they are run or not.

    Parameters
    ----------
    config
        A loaded config.
    recordings, annotations
        Its recordings, and what is annotated of them.
    sites
        Of each split that leaves every site out once, those, from `count_sites`.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        recordings: RecordingPlan,
        annotations: AnnotationPlan,
        sites: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self._config = config
        self._sites = sites or {}
        self._recordings = recordings
        self.answers = recordings.answers
        self._annotations = annotations
        self._parts: dict[str, dict[str, dict[str, Recording]]] = {}

    def _of(self, name: str) -> splits.Split:
        split = config_runs.split(self._config, name)
        return replace(split, sites=self._sites.get(name, ()))

    def settings(self) -> list[dict[str, Any]]:
        """Settings of every split."""
        return [asdict(self._of(name)) for name in self._config["splits"]]

    @kept
    def roles(self, name: str) -> Roles:
        """Role of every recording in each fold of a split; empty where clips are dealt.

        Raises
        ------
        UserError
            When a part of the split would be empty, or would lack a species.
        """
        split = self._of(name)
        if split.by == "clip":
            return {}
        assigned = splits.assign(split, self._recordings.all)
        check(split, *self._parts_and_calls(split))
        return assigned

    def _parts_of(self, name: str) -> dict[str, dict[str, Recording]]:
        """Parts of each annotated recording of a split by night or date, by group."""
        if name not in self._parts:
            source, length = self._annotations.source, self._config["clips"]["length"]
            self._parts[name] = {
                each.recording: splits.parts_of(
                    each,
                    self._of(name).by,
                    (
                        (call.start, call.end)
                        for call in source.annotations(each.recording)
                        if call.end < inf
                    ),
                    length,
                )
                for each in self._annotations.annotated
            }
        return self._parts[name]

    def _parts_and_calls(
        self, split: splits.Split
    ) -> tuple[list[Recording], dict[str, frozenset[str]]]:
        """What is annotated, a long recording in its parts, and where each species calls."""
        present = self._annotations.present()
        labelled = self._annotations.labelled
        if not split.is_timed:
            return labelled, present
        parts = self._parts_of(split.name)
        length = self._config["clips"]["length"]
        heard: dict[str, set[str]] = {species: set(where) for species, where in present.items()}
        for of in parts.values():
            recording = next(iter(of.values()))
            if len(of) == 1:
                continue
            for where in heard.values():
                where.discard(recording.recording)
            called = self._annotations.source.called(recording.recording, length)
            for species, stretches in called.items():
                for start, end in stretches:
                    for clip in splits.touched(start, end, length):
                        group = splits.group_of(recording, split.by, clip * length)
                        heard[species].add(of[group].recording)
        every = [part for each in labelled for part in parts[each.recording].values()]
        return every, {species: frozenset(where) for species, where in heard.items()}

    def by_clip(self, name: str) -> dict[str, Any] | None:
        """What a split by clip deals its clips by; None for other splits, known already."""
        settings = self._config["splits"][name]
        if settings["by"] != "clip":
            return None
        keys = ("test", "folds", "validation", "salt")
        return {"name": name} | {key: settings[key] for key in keys}

    def timed(self, name: str) -> dict[str, Any] | None:
        """What a split by night or date deals its clips by; None for other splits."""
        split = self._of(name)
        if not split.is_timed:
            return None
        keys = ("name", "by", "test", "folds", "validation", "salt")
        return {key: getattr(split, key) for key in keys}

    @kept
    def groups(self, name: str) -> dict[str, str]:
        """Group of every recording in a split."""
        return splits.groups_of(self._of(name), self._recordings.all)

    def validates_on(self, name: str) -> str:
        """Part that early stopping and thresholds of a split look at."""
        return self._of(name).validates_on

    def leaks(self, name: str) -> bool:
        """Whether what a split judges was learnt from, or looked at, by design."""
        return self._of(name).leaks

    def required_species(self, name: str) -> list[str]:
        """Species that a training in a split refuses to do without."""
        if self._config["splits"][name]["by"] == "site":
            return []
        allowed = self._config["splits"][name]["allow_missing"]
        return [species for species in self._config["species"] if species not in allowed]

    def calibrators(self, name: str) -> list[str]:
        """Table of the calibrated probabilities of a split's models, where there are any."""
        return ["results/calibrators.tsv"] if self._config["splits"][name]["folds"] else []

    @kept
    def training_path(self, name: str, fold: str) -> str | list[str]:
        """Annotations, and tables of statements of what a run of a split and fold learns from."""
        if not self._annotations.has_statements:
            return self._annotations.path_for(())
        split = self._of(name)
        fold, used = _learnt(split, fold)
        if split.by == "clip":
            length = self._config["clips"]["length"]
            folds_of = clip_digests.using(split, [fold], used, length)
            return self._annotations.path_for(
                self._recordings.ids, lambda *call: bool(folds_of(*call))
            )
        names = set(splits.in_roles(self.roles(name), fold, used))
        if split.is_timed:
            names |= {each for each, of in self._parts_of(name).items() if len(of) > 1}
        return self._annotations.path_for(names)

    @kept
    def training_digest(self, name: str, fold: str) -> str:
        """Digest of the annotations that a run of a split and fold trains and validates on."""
        split = self._of(name)
        if split.by != "clip":
            return self._of_fold(split, fold)
        if fold == splits.REFIT:
            fold, used = _learnt(split, fold)
            return self._of_clips(split, [fold], used)[fold]
        return self._by_clip(name)[fold]

    @kept
    def _by_clip(self, name: str) -> dict[str, str]:
        """Of all folds at once: each call is looked at for all of them."""
        split = self._of(name)
        return self._of_clips(split, split.fold_names, {splits.TRAIN, split.validates_on})

    def _of_clips(
        self, split: splits.Split, folds: Iterable[str], used: set[str]
    ) -> dict[str, str]:
        length = self._config["clips"]["length"]
        source, ids = self._annotations.source, self._recordings.ids
        return clip_digests.digests(source, ids, split, list(folds), used, length)

    def _of_fold(self, split: splits.Split, fold: str) -> str:
        fold, used = _learnt(split, fold)
        source = self._annotations.source
        names = splits.in_roles(self.roles(split.name), fold, used)
        if not split.is_timed:
            return source.digest(names)
        parts = self._parts_of(split.name)
        parted = {
            name: next(iter(of.values()))
            for name, of in parts.items()
            if len(of) > 1 and any(splits.role_of(split, group, fold) in used for group in of)
        }
        several = {name for name, of in parts.items() if len(of) > 1}
        whole = [name for name in names if name not in several]
        length = self._config["clips"]["length"]
        return clip_digests.digest_of_parts(source, whole, parted, split, fold, used, length)


def _learnt(split: splits.Split, fold: str) -> tuple[str, set[str]]:
    """Fold and the roles in it that a run of a fold, or the refit, learns from or looks at."""
    if fold == splits.REFIT:
        return split.fold_names[0], {splits.TRAIN, splits.VALIDATION, splits.HELD_OUT}
    return fold, {splits.TRAIN, split.validates_on}
