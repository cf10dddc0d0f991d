"""A config and tables that run, from what a first look found."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from anurans.common.wording import counted
from anurans.networks.sound_networks import find_birdnet
from anurans.plan.first_look import FirstLook, Label
from anurans.recordings.names import BY_PATH, Recording
from anurans.splits.salts import rank_salts
from anurans.splits.splits import Split

COLUMNS = ("recording", "path", "channel", "site", "date", "time")
SITES = ("site", "latitude", "longitude")
# A species in fewer recordings than this is in no part but one, or in none.
FEWEST = 3
FOLDS, MORE_FOLDS, MANY = 3, 5, 50  # groups from which on there are more folds
SHARE = 0.2


@dataclass(frozen=True)
class FirstConfig:
    """Texts of the files that a first config is.

    Attributes
    ----------
    text
        The config, YAML with comments.
    rows, sites
        Rows of the table of recordings, and of that of sites; this may be empty.
    told
        Sentences for people about what was chosen.
    runs
        Whether it can be run as it is: there is a species.
    """

    text: str
    rows: list[dict[str, str]]
    sites: list[dict[str, object]]
    told: list[str]
    runs: bool


def recording_rows(look: FirstLook) -> list[dict[str, str]]:
    """Rows of a table of recordings; times that are known to be UTC end in Z."""
    rows = []
    for each in look.recordings:
        date, time = each.date, each.time
        if each.utc:
            date, time = each.utc[:10], each.utc[11:]
        values = (each.recording, each.path, each.channel, each.site, date, time)
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def first_config(look: FirstLook, table: str, sites: str) -> FirstConfig:
    """Choose species, folds and networks for what was found.

    Species are the labels that have calls in every part of a split; the others stand in comments.

    Parameters
    ----------
    look
        What was found.
    table, sites
        Paths of the tables of recordings and of sites, as the config will name them.
    """
    places: list[dict[str, object]] = [
        dict(zip(SITES, (site, *at), strict=True)) for site, at in look.places.items()
    ]
    split, kept, told = _split(look)
    codes = _codes(kept)
    network = "birdnet" if find_birdnet() else "mobilenet"
    lines = [
        "# Written by `snakemake start` from what lies in the folders; change what you like.",
        "# All keys: config/README.md.",
        f"project: {json.dumps(Path(look.source).name or 'recordings', ensure_ascii=False)}",
        "",
        "recordings:",
        f"  source: {_quoted(table)}  # one row each: site, date, time; correct them there",
        *_clock(look),
        *(
            [f"sites: {_quoted(sites)}  # coordinates, from the headers of recorders"]
            * bool(places)
        ),
        "annotations:",
        f"  source: {_quoted(look.annotations_source)}",
        "",
        "species:  # code: name; write scientific names, by which some networks know a species",
    ]
    for label in kept:
        lines.append(f"  {codes[label.text]}: {_species(label, codes)}  # {_amount(label)}")
    lines += [
        f"  # {codes[label.text] if label.text in codes else _code(label.text, ())}: "
        f"{_species(label, codes)}  # {_amount(label)}: too few for every part"
        for label in look.labels
        if label not in kept
    ]
    lines += [
        "",
        "splits:",
        "  honest:",
        f"    by: {split.by}  # a {split.by} stands in one part alone"
        + ("; by: site asks how it is at sites never heard" if _has_sites(look) else ""),
        f"    folds: {split.folds}",
        f"    test: {split.test:g}",
        f"    validation: {split.validation:g}",
        f"    salt: {_quoted(split.salt)}",
        "",
        "backbones:",
        *_network(network),
        "",
        "# To listen to more recordings with the best model, name their folder:",
        "# detection:",
        f"#   recordings: {{source: season{', id: path' if look.id == BY_PATH else ''}}}",
        "#   model: best",
        "",
    ]
    return FirstConfig("\n".join(lines), recording_rows(look), places, told, bool(kept))


def _split(look: FirstLook) -> tuple[Split, list[Label], list[str]]:
    """A split, the labels that are in all its parts, and what is to be said of the choice."""
    annotated = [each for each in look.recordings if each.recording in set(look.annotated)]
    nights = {each.night for each in annotated}
    is_by_night = "" not in nights and len(nights) >= 2 * FOLDS
    groups = len(nights) if is_by_night else len(annotated)
    by = "night" if is_by_night else "recording"
    folds = MORE_FOLDS if groups >= MANY else FOLDS
    split = Split("honest", by, test=0.0, folds=folds, validation=SHARE, together=True)
    kept = sorted(
        (label for label in look.labels if len(label.recordings) >= FEWEST),
        key=lambda label: (-len(label.recordings), label.text),
    )
    told = []
    while kept:
        salt = _salt(split, annotated, kept)
        if salt is not None:
            split = replace(split, salt=salt)
            break
        kept.pop()
    else:
        told.append(
            f"No label is in {counted(FEWEST, 'recording')} of different groups: annotate more "
            "before anything can be trained and judged. The config has no species."
        )
    why = "nights" if is_by_night else "recordings, since there are few nights with a date"
    told.append(f"{counted(folds, 'fold')} of whole {why}; {len(kept)} species in all.")
    if left := len(look.labels) - len(kept):
        told.append(f"{counted(left, 'label')} in too few recordings stand in comments.")
    order = {label: at for at, label in enumerate(look.labels)}
    return split, sorted(kept, key=order.__getitem__), told


def _salt(split: Split, annotated: Sequence[Recording], kept: Sequence[Label]) -> str | None:
    present = {label.text: label.recordings for label in kept}
    amounts = {"recordings": {each.recording: 1.0 for each in annotated}}
    amounts |= {label.text: dict.fromkeys(label.recordings, 1.0) for label in kept}
    ranked = rank_salts(split, annotated, present, amounts)
    return ranked[0][0] if ranked else None


def _clock(look: FirstLook) -> list[str]:
    zone = [
        "  # Times are known in UTC. Say where the place is, and nights and hours are local:",
        "  # time_zone: America/Sao_Paulo",
    ]
    if look.clock:
        return [f"  clock: {look.clock}  # of names, as headers say; of new recordings too", *zone]
    if look.is_utc:
        return zone
    return ["  # time_zone: America/Sao_Paulo  # for sunset and UTC; times are as names say"]


def _has_sites(look: FirstLook) -> bool:
    return len({each.site for each in look.recordings if each.site}) > FOLDS


def _codes(labels: Sequence[Label]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for label in labels:
        codes[label.text] = _code(label.text, codes.values())
    return codes


def _code(text: str, taken: Collection[str]) -> str:
    """A code of letters, digits, dots and hyphens."""
    code = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-_.") or "species"
    number, found = 2, code
    while found in taken:
        found, number = f"{code}-{number}", number + 1
    return found


def _species(label: Label, codes: Mapping[str, str]) -> str:
    if codes.get(label.text, _code(label.text, ())) == label.text:
        return "''"
    return f"{{name: {_quoted(label.text)}, labels: [{_quoted(label.text)}]}}"


def _amount(label: Label) -> str:
    return f"{counted(label.count, 'call')} in {counted(len(label.recordings), 'recording')}"


def _network(name: str) -> list[str]:
    if name == "birdnet":
        return ["  birdnet: {architecture: BirdNET}  # CC BY-NC-SA 4.0: not for commercial use"]
    return [
        "  # BirdNET hears better (make env installs it); MobileNet's weights are downloaded.",
        "  mobilenet: {architecture: MobileNet, weights: imagenet}",
    ]


def _quoted(text: str) -> str:
    """Text as YAML reads it back, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)
