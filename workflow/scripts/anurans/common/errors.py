"""The one exception that the library raises for mistakes of data or configuration."""

from typing import NoReturn


class UserError(Exception):
    """A mistake that the person who runs the workflow can mend.

    The message is complete in itself: it names the file, line or key, what was found, what was
    expected and what to do. Scripts print it without a traceback.
    """


def refuse(error: UserError) -> NoReturn:
    """Raise an error that was kept until something needs what is wrong."""
    raise error


def listing(items: list[str], most: int = 20) -> str:
    """Join `items` as indented lines, the first `most` of them and the count of the others."""
    lines = [f"  {item}" for item in items[:most]]
    if len(items) > most:
        lines.append(f"  ... and {len(items) - most} more")
    return "\n".join(lines)
