"""Data packages held to the standard that they are of."""

import json
from pathlib import Path

import jsonschema
from frictionless import Package

STANDARD = json.loads((Path(__file__).parent / "data/camtrap_dp.json").read_text(encoding="utf-8"))


def faults(folder):
    """What frictionless, and the rules of Camtrap DP, find wrong in a data package.

    Its schemas are addresses; the rules that stand there are in tests/data/camtrap_dp.json.
    """
    about = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    wrong = [
        each.message for each in jsonschema.Draft4Validator(STANDARD["profile"]).iter_errors(about)
    ]
    here = [each | {"schema": STANDARD[each["name"]]} for each in about["resources"]]
    read = about | {"profile": "data-package", "resources": here}
    report = Package.from_descriptor(read, basepath=str(folder)).validate()
    return wrong + [each[0] for each in report.flatten(["message"])]
