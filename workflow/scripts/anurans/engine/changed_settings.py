"""Which params of a job changed, and the settings of the config behind them.

Snakemake records values of params without their names, so that the old value of a param is found
by likeness.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from anurans.common.rule_facts import facts_of

UNKNOWN = object()  # an old value that no record tells
ABSENT = object()  # the value of a key that is not there

# Where the value of a param stands in the config, in all rules that say nothing else of it
# (`anurans.common.rule_facts`). What stands in neither table mostly follows from other changes: it
# is told where nothing else explains a job.
SETTINGS = {
    "by_clip": "splits.{split}",
    "timed": "splits.{split}",
    "copies": "datasets.{dataset}.copies",
    "batch_size": "embedding.batch_size",
    "allowed": "evaluation.events",
    "datasets": "datasets",
    "dtype": "embedding.dtype",
    "fill": "augmentation.{technique}.fill",
    "image": "spectrogram",
    "labelling": "labelling",
    "length": "clips.length",
    "masks": "augmentation.{technique}",
    "min_last": "clips.min_last",
    "precision": "embedding.precision",
    "project": "project",
    "rates": "augmentation.time_stretch.rates",
    "recipe": "recipes.{recipe}",
    "required": "splits.{split}.allow_missing",
    "resamples": "evaluation.resamples",
    "seed": "seed",
    "settings": "annotations",
    "species": "species",
    "sr": "audio.sr",
}
# Keys of such values that stand elsewhere; or in none, but follow from others.
PLACES = {
    "annotations.species": "species",
    "spectrogram.sr": "audio.sr",
    "spectrogram.samples": None,
}

# Params that change with others, or that are looked at on their own.
CONSEQUENCES = {"annotations", "channels", "code", "counts", "files", "groups"}
CONSEQUENCES |= {"clocks", "names", "recordings", "roles"}
CONSEQUENCES |= {"benchmarks", "called", "rules", "snakefile", "top"}


def changed_params(
    params: Mapping[str, Any], recorded: frozenset[str] | None
) -> dict[str, tuple[Any, Any]]:
    """Params that changed: their values now and then, UNKNOWN where it cannot be told.

    Parameters
    ----------
    params
        What a job is given now, by name.
    recorded
        Representations of what it was given when its outputs were made; None without a record.
    """
    if recorded is None:
        return {}
    now = {name: repr(value) for name, value in params.items()}
    old = [_parse(text) for text in sorted(recorded - set(now.values()))]
    new = {name: params[name] for name, text in now.items() if text not in recorded}
    pairs = [(_likeness(new[name], then), name, i) for name in new for i, then in enumerate(old)]
    pairs.sort(key=lambda pair: (-pair[0], pair[1:]))
    found: dict[str, Any] = dict.fromkeys(new, UNKNOWN)
    taken = set()
    for likeness, name, i in pairs:
        if likeness and found[name] is UNKNOWN and i not in taken:
            found[name] = old[i]
            taken.add(i)
    scalars = [name for name in new if not isinstance(new[name], list | dict)]
    if len([name for name in scalars if not _is_digest(new[name])]) > 1:  # which was which?
        found |= dict.fromkeys(scalars, UNKNOWN)
    return {name: (value, found[name]) for name, value in new.items()}


def _parse(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _likeness(new: Any, old: Any) -> float:
    """How likely one is the other's old value, from 0 to 1."""
    if isinstance(new, dict) and isinstance(old, dict):
        shared = [_likeness(new[key], old[key]) for key in new.keys() & old.keys()]
        return 0.1 + 0.9 * sum(shared) / max(len(new.keys() | old.keys()), 1)
    if isinstance(new, list) and isinstance(old, list):
        ours, theirs = set(map(repr, new)), set(map(repr, old))
        return 0.1 + 0.9 * len(ours & theirs) / max(len(ours | theirs), 1)
    if isinstance(new, list | dict) or isinstance(old, list | dict):
        return 0.0
    if new == old:
        return 1.0
    return 0.5 if _is_digest(new) == _is_digest(old) else 0.0


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{16}", value) is not None


def is_names(value: Any) -> bool:
    return isinstance(value, list | dict) and all(isinstance(name, str) for name in value)


def differ(new: Any, old: Any) -> set[str]:
    """Keys of both mappings whose values differ; none where these are no mappings."""
    if not isinstance(new, Mapping) or not isinstance(old, Mapping):
        return set()
    return {key for key in new.keys() & old.keys() if new[key] != old[key]}


def setting_of(rule: str, name: str) -> str | None:
    """Place in the config of the value of a param; None where it has none."""
    return facts_of(rule).settings.get(name, SETTINGS.get(name))


def changed_settings(
    rule: str, wildcards: Mapping[str, str], name: str, new: Any, old: Any
) -> Iterator[tuple[str, str]]:
    """Settings of the config behind a changed param, and a sentence about each."""
    path = setting_of(rule, name) or f"{name} of {rule}"
    try:
        path = path.format(**wildcards)
    except KeyError:  # a rule of all splits, say
        path = f"{name} of {rule}"
    return _different(path, new, old)


def _different(path: str, new: Any, old: Any) -> Iterator[tuple[str, str]]:
    if isinstance(new, Mapping) and isinstance(old, Mapping):
        for key in sorted(new.keys() | old.keys(), key=str):
            at = PLACES.get(f"{path}.{key}", f"{path}.{key}")
            values = new.get(key, ABSENT), old.get(key, ABSENT)
            if at and values[0] != values[1]:
                yield from _different(at, *values)
        return
    texts = [_as_text(value) for value in (new, old)]
    if new is ABSENT or old is ABSENT:
        yield path, f"{path} is {'gone' if new is ABSENT else 'new'}"
    elif new is UNKNOWN or old is UNKNOWN or max(map(len, texts)) > 40:
        yield path, f"{path} has changed"
    else:
        yield path, f"{path} is {texts[0]}, was {texts[1]}"


def _as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
