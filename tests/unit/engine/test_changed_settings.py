"""Changed params, found again in a record that has no names."""

from anurans.engine.changed_settings import UNKNOWN, changed_params, changed_settings


def record(**params):
    return frozenset(map(repr, params.values()))


def test_nothing_changed_and_nothing_on_record():
    assert changed_params({"a": 1, "b": [1]}, record(a=1, b=[1])) == {}
    assert changed_params({"a": 1}, None) == {}


def test_an_old_value_is_found_by_likeness():
    old = record(recipe={"l2": 0.1, "epochs": 3}, code="0" * 16, recordings=["A", "B"])
    new = {"recipe": {"l2": 0.2, "epochs": 3}, "code": "1" * 16, "recordings": ["A", "B", "C"]}
    assert changed_params(new, old) == {
        "recipe": ({"l2": 0.2, "epochs": 3}, {"l2": 0.1, "epochs": 3}),
        "code": ("1" * 16, "0" * 16),
        "recordings": (["A", "B", "C"], ["A", "B"]),
    }


def test_what_could_be_either_is_not_guessed():
    found = changed_params({"seed": 3, "resamples": 4}, record(seed=1, resamples=2))
    assert found == {"seed": (3, UNKNOWN), "resamples": (4, UNKNOWN)}


def test_a_setting_is_named_as_in_the_config():
    values = ({"l2": 0.2, "epochs": 3}, {"l2": 0.1, "epochs": 3})
    found = changed_settings("train_model", {"recipe": "linear"}, "recipe", *values)
    assert list(found) == [("recipes.linear.l2", "recipes.linear.l2 is 0.2, was 0.1")]
