"""What the text of a config file says that is lost once it has been read."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from anurans.common.errors import UserError, listing


def refuse_twice(files: Iterable[str | Path]) -> None:
    """Refuse config files with a key that stands twice: the second would silently hide the first.

    Parameters
    ----------
    files
        Config files, in YAML or JSON.

    Raises
    ------
    UserError
        With every such key and its lines.
    """
    found = []
    for file in files:
        with Path(file).open(encoding="utf-8") as text:
            top = yaml.compose(text, Loader=yaml.SafeLoader)
        found += [f"{file}, {problem}" for problem in _twice(top, "")]
    if found:
        raise UserError(f"Keys of the config stand twice; remove one of each:\n{listing(found)}")


def _twice(node: yaml.Node | None, at: str) -> Iterator[str]:
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _twice(each, at)
    elif isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in lines and name != "<<":
                yield f"line {line}: {at}{name}, which line {lines[name]} gives already"
            lines.setdefault(name, line)
            yield from _twice(value, f"{at}{name}.")
