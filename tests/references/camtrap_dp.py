"""Take from the published files of Camtrap DP what a data package is held to.

    git clone --branch 1.0.2 https://github.com/tdwg/camtrap-dp
    python tests/references/camtrap_dp.py camtrap-dp

writes tests/data/camtrap_dp.json: fields, types, constraints and keys of the three tables, and the
rules of datapackage.json, without their descriptions and without what they refer to elsewhere.
Camtrap DP is of Biodiversity Information Standards (TDWG), MIT.
"""

import json
import sys
from pathlib import Path

OUTPUT = Path(__file__).parents[1] / "data/camtrap_dp.json"
TABLES = ("deployments", "media", "observations")
FIELD = ("name", "type", "format", "constraints")
TABLE = ("fields", "missingValues", "primaryKey", "foreignKeys")


def rules_alone(value, is_named=False):
    """A JSON schema without what is said in words, and without references to other files."""
    if isinstance(value, list):
        return [rules_alone(each) for each in value]
    if not isinstance(value, dict):
        return value
    said = () if is_named else ("description", "example", "skos:exactMatch", "skos:broadMatch")
    return {
        key: rules_alone(each, key == "properties")
        for key, each in value.items()
        if key not in said and not (key == "$ref" and "://" in str(each))
    }


def main(folder):
    found = {}
    for name in TABLES:
        table = json.loads((folder / f"{name}-table-schema.json").read_text(encoding="utf-8"))
        fields = [{key: f[key] for key in FIELD if key in f} for f in table["fields"]]
        found[name] = {key: table[key] for key in TABLE if key in table} | {"fields": fields}
    profile = json.loads((folder / "camtrap-dp-profile.json").read_text(encoding="utf-8"))
    found["profile"] = rules_alone(profile)
    OUTPUT.write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
