"""Recordings that cannot be used: how many, and whether that is an error."""

from collections.abc import Mapping, Sequence

from anurans.common.errors import UserError, listing


def refuse_left_out(rows: Sequence[Mapping[str, str]], on_error: str) -> int:
    """Count the recordings that are left out; refuse it where none is left, or none may be.

    Parameters
    ----------
    rows
        Of all recordings: `path`, `status` and `reason`.
    on_error : {"quarantine", "fail"}
        The config's `audio.on_error`.

    Returns
    -------
    int
        How many are left out.

    Raises
    ------
    UserError
        That names them.
    """
    left_out = [f"{row['path']}: {row['reason']}" for row in rows if row["status"] != "ok"]
    if len(left_out) == len(rows):
        raise UserError(f"Not one recording can be used:\n{listing(left_out)}")
    if left_out and on_error == "fail":
        raise UserError(
            f"{len(left_out)} of {len(rows)} recordings cannot be used. Mend or remove them, or "
            "leave them out of everything with audio.on_error: quarantine.\n"
            f"{listing(left_out, len(left_out))}"
        )
    return len(left_out)
