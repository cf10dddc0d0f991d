"""Scores by what matters in the field: far calls, false events, and minutes of listening."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from anurans.annotations.labels import GRADES
from anurans.recordings.times import union
from anurans.scores.comparison import MODEL
from anurans.scores.event_scores import Interval, meet
from anurans.scores.intervals import FEWEST, draw_groups, percentile_interval, sums_by_group

FIELD = (
    *(*MODEL, "subset", "species", "score", "of", "value", "lower", "upper", "by_chance"),
    *("n", "n_groups", "note"),
)
RECALL, FALSE, LISTENING = "recall", "false_events_per_hour", "minutes_of_listening"
# Of presences, that listening is to find.
FOUND = 0.95


def recall_by_grade(
    labels: np.ndarray,
    predicted: np.ndarray,
    grades: np.ndarray,
    groups: np.ndarray,
    resamples: int,
    seed: int,
) -> Iterator[dict[str, Any]]:
    """Recall of the clips whose best call has a grade, for each grade that there is.

    Parameters
    ----------
    labels, predicted : np.ndarray [shape=(n,), dtype=bool]
    grades : np.ndarray [shape=(n,)]
        Of `anurans.annotations.labels.GRADES`; empty where a call has none.
    groups : np.ndarray [shape=(n,)]
        What the interval draws.
    resamples, seed
        Of the draws.

    Yields
    ------
    dict
        score, of (the grade), value, its 95 % interval, n (clips) and n_groups (with such calls).
    """
    names = sorted(set(groups.tolist()))
    draws = np.concatenate([np.ones((1, len(names))), draw_groups(len(names), resamples, seed)])
    for grade in GRADES:
        mine = labels & (grades == grade)
        if not mine.any():
            continue
        kinds = np.stack([mine & predicted, mine], axis=1)
        hits, calls = (draws @ sums_by_group(groups, names, kinds)).T
        recall = np.where(calls > 0, hits / np.maximum(calls, 1), np.nan)
        calling = len(set(groups[mine].tolist()))
        about = {"score": RECALL, "of": grade or "ungraded", "n": int(mine.sum())}
        yield about | _interval(recall, calling)


def false_events(
    events: Mapping[str, Sequence[Interval]],
    calls: Mapping[str, Sequence[Interval]],
    durations: Mapping[str, float],
    group_of: Mapping[str, str],
    resamples: int,
    seed: int,
) -> dict[str, Any]:
    """False events per hour of sound without the species.

    A false event is one that touches no call; sound without the species is what no call covers.

    Parameters
    ----------
    events, calls
        Of each recording, in s.
    durations
        Of each recording, in s.
    group_of
        What the interval draws each recording with.
    resamples, seed
        Of the draws.
    """
    recordings = sorted(calls)
    false = [
        sum(not any(meet(event, call) for call in calls[name]) for event in events.get(name, ()))
        for name in recordings
    ]
    silent = [
        (durations[name] - sum(end - start for start, end in union(calls[name]))) / 3600
        for name in recordings
    ]
    groups = np.array([group_of[name] for name in recordings], dtype=object)
    names = sorted(set(groups.tolist()))
    if not names or not sum(silent) > 0:
        return {"score": FALSE, "of": "", "n": 0, "n_groups": 0}
    draws = np.concatenate([np.ones((1, len(names))), draw_groups(len(names), resamples, seed)])
    alarms, hours = (draws @ sums_by_group(groups, names, np.array([false, silent]).T)).T
    rate = np.where(hours > 0, alarms / np.maximum(hours, 1e-9), np.nan)
    # Where no event is false no draw has one, which is no proof that there are none.
    alarmed = len({group for group, n in zip(groups.tolist(), false, strict=True) if n})
    return {"score": FALSE, "of": "", "n": int(sum(false))} | _interval(rate, alarmed)


def listening(
    labels: np.ndarray,
    scores: np.ndarray,
    places: np.ndarray,
    groups: np.ndarray,
    minutes: np.ndarray,
    resamples: int,
    seed: int,
) -> dict[str, Any]:
    """Minutes of listening that find the species at 95 % of the sites and nights where it calls.

    Of every site and night somebody listens to the clips with the highest scores, the same number
    of each; a presence is found by the first of them that holds a call. The fewest clips of each
    that find 95 % of the presences, of all sites and nights, with calls or without, are what must
    be listened to. `by_chance` is the same where clips are listened to in any order: the number
    that finds a presence with its probability (of the hypergeometric distribution), 95 % in the
    mean.

    Parameters
    ----------
    labels : np.ndarray [shape=(n,), dtype=bool]
    scores : np.ndarray [shape=(n,)]
        Of two alike the one without calls comes first.
    places : np.ndarray [shape=(n,)]
        Site and night of each clip.
    groups : np.ndarray [shape=(n,)]
        What the interval draws; a place is in one.
    minutes : np.ndarray [shape=(n,)]
        How long each clip is.
    resamples, seed
        Of the draws.
    """
    names, at = np.unique(places.astype(str), return_inverse=True)
    order = np.lexsort((labels, -scores, at))
    at, labels, lengths, of = at[order], labels[order], minutes[order], groups[order]
    first = np.searchsorted(at, np.arange(len(names)))
    rank = np.arange(len(at)) - first[at]
    clips, calls = np.bincount(at), np.bincount(at, weights=labels).astype(int)
    about = {
        "score": LISTENING,
        "of": f"{100 * FOUND:g} % of presences",
        "n": int((calls > 0).sum()),
    }
    if not calls.any():
        return about | {"n_groups": 0}
    # Rank of the first clip with calls, of each place; and minutes of the first k clips of each.
    found = np.full(len(names), np.inf)
    np.minimum.at(found, at[labels], rank[labels] + 1.0)
    group_names = sorted(set(of.tolist()))
    row = {name: number for number, name in enumerate(group_names)}
    group = np.array([row[name] for name in of[first].tolist()])
    most = int(clips.max())
    spent = np.zeros((len(group_names), most))
    np.add.at(spent, (np.array([row[name] for name in of.tolist()]), rank), lengths)
    spent = np.cumsum(spent, axis=1)
    ranks = np.arange(1, most + 1)
    by_rank = np.zeros((len(group_names), most))
    present = calls > 0
    np.add.at(by_rank, group[present], found[present, None] <= ranks)
    chances = np.zeros((len(group_names), most))
    np.add.at(chances, group[present], _chance(clips[present], calls[present], most))
    presences = np.bincount(group, weights=present, minlength=len(group_names))
    n = len(group_names)
    draws = np.concatenate([np.ones((1, n)), draw_groups(n, resamples, seed)])
    values = _needed(draws @ by_rank, draws @ presences, draws @ spent)
    by_chance = _needed(chances.sum(axis=0)[None], presences.sum()[None], spent.sum(axis=0)[None])
    calling = int((presences > 0).sum())
    return about | _interval(values, calling) | {"by_chance": float(by_chance[0])}


def _needed(found: np.ndarray, presences: np.ndarray, spent: np.ndarray) -> np.ndarray:
    """Minutes at the first number of clips that finds enough [shape=(draws,)]; NaN without any."""
    enough = found >= FOUND * presences[:, None] - 1e-9
    minutes = np.take_along_axis(spent, enough.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.where(presences > 0, minutes, np.nan)


def _chance(clips: np.ndarray, calls: np.ndarray, most: int) -> np.ndarray:
    """Probability that k of a place's clips hold a call, k from 1 [shape=(places, most)]."""
    k = np.arange(most)
    # That the next one holds none, where the k before held none.
    left = np.maximum(clips[:, None] - k, 1)
    miss = np.clip((clips[:, None] - calls[:, None] - k) / left, 0, 1)
    return 1 - np.cumprod(miss, axis=1)


def _interval(values: np.ndarray, groups: int) -> dict[str, Any]:
    """Value, interval, groups that it rests on and a note, of values [shape=(1 + draws,)]."""
    lower, upper = percentile_interval(values[1:], groups)
    note = f"no interval: in {groups} of {FEWEST} groups that are needed" if lower is None else ""
    return {
        "value": None if np.isnan(values[0]) else float(values[0]),
        "lower": lower,
        "upper": upper,
        "n_groups": groups,
        "note": note,
    }
