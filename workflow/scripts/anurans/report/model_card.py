"""The model card: what a model is for, what it learnt from, how good it is, and where it is not.

After Mitchell et al. 2019, Model cards for model reporting, FAT*.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from anurans.common.wording import counted, species_title
from anurans.networks.sound_networks import LICENCES, is_sound, sound_settings
from anurans.report.html import render
from anurans.scores.comparison import MODEL
from anurans.scores.headlines import MEAN
from anurans.sounds.windows import window_starts

Row = Mapping[str, str]
SCORES = {"f1": "F1", "precision": "precision", "recall": "recall", "ap": "average precision"}
GRADES = ("far", "medium", "clear", "ungraded")
PARTS = {"held_out": "held-out clips of all folds", "test": "test"}


@dataclass(frozen=True, slots=True)
class Card:
    """What a model card is written from.

    Attributes
    ----------
    model
        Its values of `anurans.scores.comparison.MODEL`.
    chosen_of
        How many models it was chosen from, by validation.
    species
        Code and name of each.
    settings
        Sections of the config: audio, clips, spectrogram, labelling; `round` of review, and how
        many `doubts` it asks about.
    runs
        Its runs in results/provenance.json, one for each fold.
    intervals, labelling, calibration
        Its rows of the tables of these names.
    recordings, annotations, clips
        Rows of results/recordings.csv and results/annotations.csv of the recordings that it was
        trained on, and of the clips.tsv of its folds.
    """

    model: Sequence[str]
    chosen_of: int
    species: Mapping[str, str]
    settings: Mapping[str, Any]
    runs: Sequence[Mapping[str, Any]]
    intervals: Sequence[Row]
    labelling: Sequence[Row]
    calibration: Sequence[Row]
    recordings: Sequence[Row]
    annotations: Sequence[Row]
    clips: Sequence[Row] = field(repr=False)


def write_card(card: Card) -> str:
    """Write the card as a page of HTML."""
    of = dict(zip(MODEL, card.model, strict=True))
    title = f"Model card: {of['backbone']}, {of['dataset']}, {of['recipe']}, split {of['split']}"
    caption = (
        f"The best of {counted(card.chosen_of, 'model')} by its macro F1 on validation. That F1 is "
        "not reported here. The held-out and test parts had no say in the choice."
    )
    part, by_grade = _grades(card, of)
    return render(
        "model_card",
        title,
        caption,
        what=_what(card, of),
        training=_training(card),
        grades=[f"annotations, {grade}" for grade in GRADES],
        calls=_calls(card),
        score_names=list(SCORES.values()),
        scores=_scores(card),
        graded_part=part,
        by_grade=by_grade,
        calibration=_calibration(card),
        doubted=len(card.runs) > 1,
        round=card.settings["round"],
        doubts=card.settings["doubts"],
        limits=limits(card),
        files=_files(card),
    )


def limits(card: Card) -> list[str]:
    """What a score of this model does not say."""
    few = sorted({row["species"] for row in card.intervals if row["note"].startswith("rough")})
    few = [name for name in few if name != MEAN]
    said = [
        "A clip without an annotation counts as one without a call. Some false alarms may be "
        "distant, faint or overlapping calls that nobody marked. Precision is a lower bound where "
        "annotators did not mark every call.",
        "The model was judged on recordings of the project that it was trained on. Other sites, "
        "seasons, recorders and microphones may sound different. Annotate some of them before you "
        "trust it.",
        "It hears only the species listed, in clips one by one. It counts neither calls nor "
        "animals, and silence is no proof of absence.",
        "Thresholds were tuned for F1 on validation. For rare calls or costly false alarms choose "
        "others, on data that you do not report.",
    ]
    if few:
        said.append(
            f"The positives of {', '.join(few)} come from fewer than 20 independent groups "
            "(nights, or recordings): the intervals are rough."
        )
    if any(run["backbone_settings"]["weights"] == "random" for run in card.runs):
        said.insert(
            0, "The backbone has random weights: this model shows how it works, not a result."
        )
    if card.model[MODEL.index("leaks")] != "no":
        said.insert(0, "Its split leaks by design, so its scores are flattered.")
    return said


def _what(card: Card, of: Mapping[str, str]) -> list[tuple[str, str]]:
    run = card.runs[0]
    return [
        ("Finds", ", ".join(species_title(code, name) for code, name in card.species.items())),
        *_taken(card, run["backbone_settings"]),
        ("Gives", "a probability for each species, each by itself (multi-label)"),
        ("Backbone", _backbone(run["backbone_settings"], of)),
        ("Head", _settings(run["recipe_settings"])),
        ("A clip is positive by", _settings(card.settings["labelling"])),
        ("Dataset", of["dataset"]),
        ("Models", _models(len(card.runs))),
    ]


def _taken(card: Card, backbone: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the model takes: images of clips, or windows of their sound."""
    audio, length = card.settings["audio"], card.settings["clips"]["length"]
    if not is_sound(backbone):
        drawn = ", ".join(
            f"{key} {'not set' if value is None else value}"
            for key, value in card.settings["spectrogram"].items()
        )
        takes = f"clips of {length:g} s at {audio['sr']} Hz, as spectrogram images"
        return [("Takes", takes), ("Spectrogram", drawn)]
    taken = sound_settings(backbone)
    windows = counted(len(window_starts(length, taken.window)), "window")
    return [
        ("Takes", f"clips of {length:g} s at {taken.sr} Hz, in {windows} of {taken.window:g} s")
    ]


def _backbone(backbone: Mapping[str, Any], of: Mapping[str, str]) -> str:
    if not is_sound(backbone):
        weights = f"{Path(of['weights']).name} weights"
        return f"{backbone['architecture']} with {weights}, never trained here"
    architecture = backbone["architecture"]
    return (
        f"{architecture} ({Path(of['weights']).name}), never trained here; its licence: "
        + (LICENCES[architecture])
    )


def _models(folds: int) -> str:
    return "one" if folds == 1 else f"{folds} folds, one model each"


def _settings(of: Mapping[str, Any]) -> str:
    """Settings in words; what is off is left out.

    Examples
    --------
    >>> _settings({"l2": 0.01, "layers": [{"units": 256, "l1": 0.0, "dropout": 0.5}]})
    'l2 0.01, layers (units 256, dropout 0.5)'
    """
    off: tuple[Any, ...] = (None, 0, False, "none", [], {})
    told = ((key, _value(value)) for key, value in of.items() if value not in off)
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in told)


def _value(value: Any) -> Any:
    """A setting as people write it; layers one after the other."""
    if isinstance(value, Mapping):
        return _settings(value)
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        return " ".join(f"({_settings(each)})" for each in value)
    return value


def _training(card: Card) -> list[tuple[str, str]]:
    dates = sorted({row["date"] for row in card.recordings if row["date"]})
    hours = sorted({row["time"][:2] for row in card.recordings if row["time"]})
    sites = sorted({row["site"] for row in card.recordings if row["site"]})
    minutes = sum(float(row["duration_s"]) for row in card.recordings) / 60
    techniques = Counter(row["technique"] for row in _trained(card))
    told = [
        ("Recordings", f"{counted(len(card.recordings), 'recording')}, {minutes:.0f} minutes"),
        ("Sites", ", ".join(sites) or "not told by the names"),
        ("Dates", f"{dates[0]} to {dates[-1]}, {counted(len(dates), 'date')}" if dates else ""),
        ("Hours of the day", ", ".join(hours)),
        (
            "Clips in training, all folds",
            ", ".join(f"{count} {technique}" for technique, count in sorted(techniques.items())),
        ),
    ]
    return [(name, text) for name, text in told if text]


def _trained(card: Card) -> list[Row]:
    return [row for row in card.clips if row["role"] == "train"]


def _calls(card: Card) -> list[list[str | int]]:
    """Of each species its positive clips, and its annotations of each grade."""
    calls: dict[str, Counter] = {code: Counter() for code in card.species}
    for row in card.annotations:
        if row["species"] in calls and row["status"] == "annotated":
            calls[row["species"]].update({grade: int(row[grade]) for grade in GRADES})
    trained = _trained(card)
    return [
        [
            code,
            sum(row.get(f"label_{code}") == "1" for row in trained),
            *(calls[code][grade] for grade in GRADES),
        ]
        for code in card.species
    ]


def _scores(card: Card) -> list[tuple[str, list[list[str]]]]:
    """Each part that is reported, in words, and its rows."""
    found = []
    for subset, told in PARTS.items():
        rows = [row for row in card.intervals if row["subset"] == subset]
        of = {(row["score"], row["species"]): row for row in rows}
        lines = [
            [name, *(_with_interval(of[score, name]) for score in SCORES), _rests_on(of, name)]
            for name in (*card.species, MEAN)
            if rows
        ]
        found += [(told, lines)] if rows else []
    return found


def _with_interval(row: Row) -> str:
    if not row["value"]:
        return ""
    text = f"{float(row['value']):.2f}"
    if row["lower"]:
        text += f" [{float(row['lower']):.2f}, {float(row['upper']):.2f}]"
    return text


def _rests_on(of: Mapping[tuple[str, str], Row], name: str) -> str:
    row = of["f1", name]
    return f"{row['positive_groups']} / {row['n_groups']}"


def _grades(card: Card, of: Mapping[str, str]) -> tuple[str, list[list[str]]]:
    """The part that is judged by grade, in words, and its rows."""
    rows = [
        row
        for row in card.labelling
        if row["labelling"] == of["labelling"] and row["species"] in card.species
    ]
    subset = next((name for name in PARTS if any(row["subset"] == name for row in rows)), "")
    rows = [row for row in rows if row["subset"] == subset and row["grade"] != "all"]
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["species"], row["grade"]), []).append(row)
    lines = [
        [
            *key,
            str(sum(int(row["positives"]) for row in folds)),
            _mean(row["recall"] for row in folds),
            _mean(row["ap"] for row in folds),
        ]
        for key, folds in sorted(found.items())
    ]
    return PARTS.get(subset, ""), lines


def _mean(values: Iterable[str]) -> str:
    given = [float(value) for value in values if value]
    return f"{fmean(given):.2f}" if given else ""


def _calibration(card: Card) -> list[list[str]]:
    return [
        [
            row["species"],
            f"{row['method']}, {row['positives_held_out']} positives",
            _change(row, "ece"),
            _change(row, "brier"),
        ]
        for row in card.calibration
        if row["ece"]
    ]


def _change(row: Row, name: str) -> str:
    before, after = float(row[name]), float(row[f"{name}_calibrated"])
    return f"{before:.3f} \N{RIGHTWARDS ARROW} {after:.3f}"


def _files(card: Card) -> list[list[str]]:
    return [
        [run["fold"], next(iter(run["files"])), run["weights_sha256"][:16], run["command"]]
        for run in card.runs
    ]
