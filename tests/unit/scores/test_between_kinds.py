"""One sentence says what networks of sound and of images make of the same recordings."""

from anurans.scores.summary import between_kinds

KINDS = {"bird": "sound", "net": "image", "big": "image"}


def rows(*scores, **changes):
    about = {"split": "night", "leaks": "no", "dataset": "original", "recipe": "logistic"}
    about |= {"subset": "held_out", "weights": "imagenet"} | changes
    return [
        about | {"backbone": backbone, "f1_macro": f1, "fold": str(fold)}
        for backbone, f1s in scores
        for fold, f1 in enumerate(f1s)
    ]


def test_the_best_of_either_kind_on_the_same_clips():
    found = between_kinds(
        rows(("bird", ["0.9", "0.8"]), ("net", ["0.3", "0.5"]), ("big", ["0.6", ""])), KINDS
    )
    assert "held-out clips: bird, trained on sound, reaches a macro F1 of 0.85; big" in found
    assert "trained on images, 0.60 (split night, dataset original, recipe logistic)" in found


def test_models_that_differ_in_more_are_not_compared():
    one = rows(("bird", ["0.9"])) + rows(("net", ["0.3"]), dataset="combined")
    assert between_kinds(one, KINDS) == ""
    leaky = rows(("bird", ["0.9"]), ("net", ["0.3"]), leaks="by design")
    assert between_kinds(leaky, KINDS) == ""
    assert between_kinds(rows(("net", ["0.3"]), ("big", ["0.4"])), KINDS) == ""


def test_random_weights_are_said():
    found = between_kinds(rows(("bird", ["0.9"]), ("net", ["0.3"]), weights="random"), KINDS)
    assert "net, with random weights, 0.30" in found


def test_held_out_clips_before_test():
    both = rows(("bird", ["0.7"]), ("net", ["0.2"])) + rows(
        ("bird", ["0.9"]), ("net", ["0.8"]), subset="test"
    )
    assert "held-out clips: bird, trained on sound, reaches a macro F1 of 0.70" in (
        between_kinds(both, KINDS)
    )
