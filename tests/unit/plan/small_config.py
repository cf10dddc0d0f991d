"""A small config, what is changed of it, and mistakes that tests make in it."""

import copy
import json

import pytest

from anurans.common.errors import UserError
from anurans.plan.config import load

SMALL = {
    "recordings": {"source": "recordings"},
    "annotations": {"source": "annotations"},
    "species": {"BOAALB": "Boana albopunctata"},
    "backbones": {"net": {"architecture": "MobileNet"}},
}


def changed(**values):
    """Give the small config with `values`, each at a path of keys joined by two underscores."""
    config = copy.deepcopy(SMALL)
    for path, value in values.items():
        *keys, last = path.split("__")
        at = config
        for key in keys:
            at = at.setdefault(key, {})
        at[last] = value
    return config


def refusal(config, *name):
    """What is told of a config that has mistakes."""
    with pytest.raises(UserError) as caught:
        load(config, *name)
    return str(caught.value)


def written(values):
    """Write values of a config as a person would say them."""
    return ", ".join(
        f"`{path.replace('__', '.')}: {json.dumps(value)}`" for path, value in values.items()
    )


def provoked(mistakes):
    """Parameters of a test that is told `sees` of each of these mistakes."""
    return [
        pytest.param(
            values,
            marks=pytest.mark.fault(
                "Config", written(values), sees=sentence, kept="nothing starts"
            ),
            id=sentence[:40],
        )
        for values, sentence in mistakes
    ]


def assert_told(values, sees):
    """Assert that a mistake has one sentence, under the name of the file."""
    message = refusal(changed(**values), "my.yaml")
    assert message.startswith("my.yaml has mistakes:\n")
    assert f"\n  {sees}" in message
    assert message.endswith("config/README.md has all keys.")
    assert len(message.splitlines()) == 3
