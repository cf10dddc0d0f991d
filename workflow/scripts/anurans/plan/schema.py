"""The schema of a config: its mistakes as sentences, its defaults filled in."""

import copy
import difflib
import json
import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema

from anurans.common.files import shipped

SCHEMA = shipped("schemas") / "config.schema.json"
TYPES = {
    "object": "keys with values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


@cache
def schema() -> dict[str, Any]:
    """Load the schema of a config file."""
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def sentences(config: Mapping[str, Any]) -> list[str]:
    """Say what the schema does not allow in a config as it is written."""
    validator = jsonschema.Draft202012Validator(schema())
    return [*map(_sentence, _errors(validator, config)), *_not_finite(config)]


def names_folder(config: Mapping[str, Any]) -> bool:
    """Whether `detection.model` of a config, filled in or not, is a folder."""
    rules = schema()["if"] | {"$defs": schema()["$defs"]}
    return jsonschema.Draft202012Validator(rules).is_valid(dict(config))


def _resolved(rules: Mapping[str, Any]) -> Mapping[str, Any]:
    """Rules with those that they refer to."""
    if "$ref" not in rules:
        return rules
    return schema()["$defs"][rules["$ref"].rpartition("/")[2]] | rules


def fill_in(value: Any, rules: Mapping[str, Any]) -> Any:
    """Give `value` with the defaults of `rules`, the same however it is written.

    Known keys stand in the order of the schema, 1 is 1.0 where any number is allowed, and 2.0 is 2
    where a whole one is: jobs are outdated when the text of a value has changed.
    """
    rules = _resolved(rules)
    if isinstance(value, list):
        return [fill_in(item, rules.get("items", {})) for item in value]
    if isinstance(value, dict):
        known, others = rules.get("properties", {}), rules.get("additionalProperties")
        others = others if isinstance(others, dict) else {}
        defaults = {key: rule["default"] for key, rule in known.items() if "default" in rule}
        value = copy.deepcopy(defaults) | value
        order = [
            *(key for key in known if key in value),
            *(key for key in value if key not in known),
        ]
        return {key: fill_in(value[key], known.get(key, others)) for key in order}
    if "number" in rules.get("type", ()) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if "integer" in rules.get("type", ()) and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _not_finite(value: Any, at: str = "") -> Iterator[str]:
    """Sentences about numbers that compare with no bound, or with none that makes sense."""
    if isinstance(value, float) and not math.isfinite(value):
        yield f"{at}: found {value}; expected a finite number."
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _not_finite(each, f"{at}.{key}" if at else str(key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _not_finite(each, f"{at}.{number}")


def _errors(validator: jsonschema.Draft202012Validator, value: Any) -> list:
    return sorted(validator.iter_errors(value), key=lambda error: [str(p) for p in error.path])


def _sentence(error: jsonschema.ValidationError) -> str:
    """Say where a mistake is, what was found and what is allowed."""
    at = ".".join(str(part) for part in error.absolute_path)
    found = show(error.instance)
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            wrong = [key for key in error.instance if key not in known]
            return "; ".join(_unknown(at, key, known) for key in wrong)
        case "required":
            # One error per missing key, which only the message names: 'key' is a required ...
            missing = error.message.split("'")[1]
            return f"{at or 'top level'}: the key {missing} is missing."
        case "type":
            wanted = error.validator_value
            wanted = [wanted] if isinstance(wanted, str) else wanted
            kinds = " or ".join(TYPES[kind] for kind in wanted)
            return f"{at or 'the file'}: found {found}; expected {kinds}{_written(error)}."
        case "enum":
            allowed = [str(value) for value in error.validator_value]
            close = guess(error.instance, allowed)
            return f"{at}: found {found}{close}; expected one of {', '.join(allowed)}."
        case "pattern" if at == "species":
            return (
                f"species: found {found}, which is not a code: codes are made of letters, digits, "
                "'_', '.' and '-', and name columns and files. Give it one, and list the text as a "
                f"label: CODE: {{name: {error.instance}, labels: [{found}]}}."
            )
        case "pattern":
            return (
                f"{at or 'a name'}: found {found}; names are made of letters, digits, '_', '.' "
                "and '-', and begin with a letter or digit."
            )
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            words = {
                "minimum": "at least",
                "exclusiveMinimum": "above",
                "maximum": "at most",
                "exclusiveMaximum": "below",
            }
            bound = f"{words[error.validator]} {error.validator_value}"
            return f"{at}: found {found}; expected a number {bound}."
        case "minProperties" | "minItems" | "minLength":
            return f"{at}: is empty; expected at least one entry."
        case "uniqueItems":
            return f"{at}: names something twice: {found}."
        case "not":
            return f"{at}: found {found}, which is not allowed: {error.schema['description']}"
        case _:
            about = error.schema.get("description", error.message)
            return f"{at}: found {found}; expected: {about}"


def _written(error: jsonschema.ValidationError) -> str:
    """Say how to write a number that YAML takes for text, as it does 1e-3."""
    if "number" not in error.validator_value or not isinstance(error.instance, str):
        return ""
    try:
        return f" (written {float(error.instance)})"
    except ValueError:
        return ""


def show(value: Any) -> str:
    """A value of a config in a message, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def guess(found: Any, known: list[str]) -> str:
    """What a value that is unknown may have been meant for, in brackets; or nothing."""
    close = difflib.get_close_matches(str(found), known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _unknown(at: str, key: Any, known: list[str]) -> str:
    return (
        f"{at or 'top level'}: unknown key {show(key)}{guess(key, known)}; "
        f"allowed: {', '.join(known)}."
    )
