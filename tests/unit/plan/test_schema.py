"""What the schema does not allow has its sentence; every field has a description and a default."""

import re
from pathlib import Path

import pytest

from anurans.plan.config import load
from anurans.plan.schema import schema

from .small_config import SMALL, assert_told, changed, provoked, refusal

ROOT = Path(__file__).parents[3]
MISTAKES = [
    (
        {"audio__rate": 1},
        'audio: unknown key "rate"; allowed: sr, channel, on_error.',
    ),
    (
        {"clips__lenght": 5},
        'clips: unknown key "lenght" (did you mean length?); allowed: length, min_last, keep.',
    ),
    ({"evalution": {}}, 'top level: unknown key "evalution" (did you mean evaluation?); allowed: '),
    (
        {"recipes__a": {"layers": [{"units": 3, "unit": 3}]}},
        'recipes.a.layers.0: unknown key "unit" (did you mean units?)',
    ),
    ({"seed": "one"}, 'seed: found "one"; expected a whole number.'),
    ({"seed": 1.5}, "seed: found 1.5; expected a whole number."),
    ({"clips__keep": "yes"}, 'clips.keep: found "yes"; expected true or false.'),
    ({"spectrogram__fmax": "8k"}, 'spectrogram.fmax: found "8k"; expected a number or null.'),
    ({"audio": None}, "audio: found null; expected keys with values."),
    ({"datasets__a": "original"}, 'datasets.a: found "original"; expected a list or keys'),
    ({"recordings__source": 3}, "recordings.source: found 3; expected text."),
    ({"species": ["BOAALB"]}, 'species: found ["BOAALB"]; expected keys with values.'),
    (
        {"audio__channel": "rigth"},
        'audio.channel: found "rigth" (did you mean right?); expected one of mix, left, right.',
    ),
    (
        {"backbones__net__architecture": "VGG16"},
        'backbones.net.architecture: found "VGG16"; expected one of MobileNet, DenseNet121,',
    ),
    ({"datasets__a": ["echo"]}, 'datasets.a.0: found "echo"; expected one of original'),
    ({"backbones__net": {}}, "backbones.net: the key architecture is missing."),
    ({"recordings": {}}, "recordings: the key source is missing."),
    (
        {"species": {"a b": "x"}},
        'species: found "a b", which is not a code: codes are made of letters, digits,',
    ),
    ({"splits": {"_s": {}}}, 'splits: found "_s"; names are made of letters'),
    ({"experiments__e__recipes": ["a/b"]}, 'experiments.e.recipes.0: found "a/b"; names are'),
    ({"audio__sr": 999}, "audio.sr: found 999; expected a number at least 1000."),
    ({"clips__length": 0}, "clips.length: found 0; expected a number above 0."),
    ({"clips__min_last": 1.1}, "clips.min_last: found 1.1; expected a number at most 1."),
    ({"splits__s__test": 1}, "splits.s.test: found 1; expected a number below 1."),
    ({"shards": 10000}, "shards: found 10000; expected a number at most 9999."),
    ({"splits__s__folds": 1}, "splits.s.folds: found 1, which is not allowed: "),
    ({"recordings__id": "folder"}, 'recordings.id: found "folder"; expected one of name, path.'),
    ({"spectrogram__ref": "min"}, 'spectrogram.ref: found "min"; expected: '),
    ({"spectrogram__ref": 0}, "spectrogram.ref: found 0; expected: "),
    ({"species": {}}, "species: is empty; expected at least one entry."),
    (
        {"species": {"B": {"label": ["b"]}}},
        'species.B: unknown key "label" (did you mean labels?); allowed: name, labels.',
    ),
    ({"backbones": {}}, "backbones: is empty; expected at least one entry."),
    ({"experiments__e__splits": []}, "experiments.e.splits: is empty; expected at least one"),
    ({"recordings__source": ""}, "recordings.source: is empty; expected at least one entry."),
    (
        {"datasets__a": ["original", "original"]},
        'datasets.a: names something twice: ["original", "original"].',
    ),
    ({"clips__length": float("nan")}, "clips.length: found nan; expected a finite number."),
    (
        {"recipes__a__layers": [{"units": 3, "l1": float("inf")}]},
        "recipes.a.layers.0.l1: found inf; expected a finite number.",
    ),
    ({"recipes__a__l2": "1e-3"}, 'recipes.a.l2: found "1e-3"; expected a number (written 0.001).'),
    ({"seed": 1 << 32}, "seed: found 4294967296; expected a number at most 4294967295."),
    (
        {"backbones__net": {"architecture": "BirdNET", "combine": "median"}},
        'backbones.net.combine: found "median" (did you mean mean?); expected one of max, mean,',
    ),
    (
        {"backbones__net": {"architecture": "BirdNET", "peak": 2}},
        "backbones.net.peak: found 2; expected a number at most 1.",
    ),
    ({"augmentation__time_stretch__rates": []}, "augmentation.time_stretch.rates: is empty"),
    (
        {"augmentation__time_stretch__rates": [0]},
        "augmentation.time_stretch.rates.0: found 0; expected a number at least 0.1.",
    ),
    (
        {"augmentation__time_mask__fill": "black"},
        'augmentation.time_mask.fill: found "black"; expected: What a mask is filled with',
    ),
    (
        {"augmentation__time_mask__placment": "sweep"},
        'augmentation.time_mask: unknown key "placment" (did you mean placement?)',
    ),
    (
        {"datasets__a": {"techniques": ["original"], "copies": "some"}},
        'datasets.a.copies: found "some"; expected: Which copies are trained on',
    ),
    ({"datasets__a": {"copies": "all"}}, "datasets.a: the key techniques is missing."),
    (
        {"recipes__linear__balance": "classweight"},
        'recipes.linear.balance: found "classweight" (did you mean class_weight?); expected one',
    ),
    ({"recipes__a__C": [0.1, 0]}, "recipes.a.C.1: found 0; expected a number above 0."),
    ({"recipes__a__inner_folds": 1}, "recipes.a.inner_folds: found 1; expected a number at"),
    ({"splits__s__validation": "half"}, 'splits.s.validation: found "half"; expected: Share of'),
]


@pytest.mark.parametrize("values", provoked(MISTAKES))
def test_a_mistake_has_its_sentence(values, sees):
    assert_told(values, sees)


@pytest.mark.parametrize("key", SMALL)
def test_a_missing_section_is_named(key):
    config = {name: value for name, value in SMALL.items() if name != key}
    assert f"\n  top level: the key {key} is missing." in refusal(config)


def test_all_missing_keys_are_named():
    message = refusal({})
    assert all(f"the key {key} is missing." in message for key in SMALL)


def test_all_mistakes_are_told_at_once():
    message = refusal(changed(seed=-1, audio__channel="up", clips__x=1, clips__y=2))
    for part in ("seed: found -1", "audio.channel: found", 'unknown key "x"', 'unknown key "y"'):
        assert part in message


def test_what_is_found_is_cut_when_long():
    line = refusal(changed(species="x" * 500)).splitlines()[1]
    assert len(line) < 120
    assert "..." in line


def test_keys_that_are_no_text_are_refused_with_a_sentence():
    assert "species: found 12; expected text." in refusal(changed(species={12: "x"}))


def test_names_of_users_end_where_they_end():
    assert "is not a code" in refusal(changed(species={"name\n": "x"}))


def test_null_stays_where_it_is_allowed():
    filled = load(changed(recipes__linear={"solver": "adam", "early_stopping": None}))
    assert filled["recipes"]["linear"]["early_stopping"] is None


def test_the_default_pattern_is_printed_whole():
    printed = (ROOT / "config/README.md").read_text(encoding="utf-8")
    pattern = schema()["properties"]["recordings"]["properties"]["pattern"]["default"]
    assert f"| `pattern` | `{pattern}` |" in printed


def fields(rules, at="", trains=None):
    """Give every field of the schema: its place, its rules, and whether it is required to train."""
    trains = trains or rules.get("else", {})
    if "$ref" in rules:
        rules = schema()["$defs"][rules["$ref"].rpartition("/")[2]] | rules
    for key, rule in rules.get("properties", {}).items():
        yield f"{at}{key}", rule, key in [*rules.get("required", ()), *trains.get("required", ())]
        yield from fields(rule, f"{at}{key}.", trains.get("properties", {}).get(key))
    for inner in ("additionalProperties", "items"):
        if isinstance(rules.get(inner), dict):
            yield from fields(rules[inner], f"{at}*.")


FIELDS = list(fields(schema()))


def test_every_field_has_a_description():
    bare = [at for at, rule, _ in FIELDS if not re.match(r".+\.$", rule.get("description", ""))]
    assert bare == []


def test_every_field_that_may_be_left_out_has_a_default():
    # Names of columns have theirs in the reader, where several spellings are known.
    bare = [
        at
        for at, rule, required in FIELDS
        if not required and "default" not in rule and not at.startswith("annotations.columns.")
    ]
    # A config without them has nothing to detect, or to start from, and is as if there were none.
    assert bare == ["detection", "start"]


def test_no_object_of_the_schema_takes_unknown_keys():
    loose = [at for at, rule, _ in FIELDS if "properties" in rule and rule["additionalProperties"]]
    assert loose == []
    assert len(FIELDS) > 60
