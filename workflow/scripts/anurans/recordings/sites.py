"""Names of AnuraSet's sites, as the download targets have them."""

from typing import NoReturn

from anurans.common.errors import UserError

SITES = ("INCT4", "INCT17", "INCT20955", "INCT41")


def refuse_unknown(site: str) -> NoReturn:
    """Refuse a target for a site that there is none of.

    Raises
    ------
    UserError
        With the targets that there are.
    """
    targets = ", ".join(f"download_{known.lower()}" for known in SITES)
    raise UserError(
        f"There is nothing called {site} to download; AnuraSet's sites are {', '.join(SITES)}: "
        f"{targets}. download_weights fetches network weights."
    )
