"""Write the pins of requirements.lock into envs/*.yaml (called by make lock)."""

import re
from pathlib import Path

HERE = Path(__file__).parent


def pins() -> dict[str, str]:
    """Version of each package in the lock."""
    text = (HERE.parent / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, flags=re.MULTILINE))


def main() -> None:
    """Rewrite each environment file."""
    versions = pins()
    for path in HERE.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        pinned = re.sub(r"([\w.-]+)==\S+", lambda m: f"{m[1]}=={versions[m[1]]}", text)
        path.write_text(pinned, encoding="utf-8")


if __name__ == "__main__":
    main()
