"""What a user should know of the names and clocks of recordings before anything starts."""

from collections.abc import Iterator, Sequence

from anurans.common.wording import counted, have
from anurans.recordings.names import Recording


def tell_oddities(key: str, recordings: Sequence[Recording]) -> Iterator[str]:
    """Say how many names tell no date, which clocks were not set, and where UTC is not local.

    Parameters
    ----------
    key
        Key of the config that the recordings stand under.
    recordings
        All of them.

    Yields
    ------
    str
        Sentences; none where nothing is odd.
    """
    unset = [each for each in recordings if each.not_set]
    if unset:
        one = unset[0]
        yield (
            f"{key}: {counted(len(unset), 'recording')} {have(len(unset))} the date of a clock "
            f"that was not set, such as {one.recording} ({one.not_set}); they count as without a "
            "date. A table of recordings may give it (docs/recordings.md)."
        )
    undated = [each for each in recordings if not each.date and not each.not_set]
    if undated:
        yield (
            f"{key}: {len(undated)} of {counted(len(recordings), 'name')} "
            f"{'tells' if len(undated) == 1 else 'tell'} no date, such as "
            f"{undated[0].recording}; {key}.pattern or a table of recordings may "
            "(docs/recordings.md)."
        )
    utc = [each for each in recordings if not each.zone and each.utc == f"{each.date}T{each.time}Z"]
    if utc:
        yield (
            f"{key}: {counted(len(utc), 'name')} {have(len(utc))} the time in UTC, such as "
            f"{utc[0].recording}; nights, dates and hours are of UTC until {key}.time_zone says "
            "where the place is (such as America/Sao_Paulo)."
        )
