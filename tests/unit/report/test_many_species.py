"""Figures with a panel for each species, of twenty: they fit a page."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

import plot_annotations
import plot_calendar
import plot_hours
import plot_season
import plot_sites
import plot_sun
from anurans.annotations.formats import Annotation
from anurans.annotations.labels import MEASURES, cover_clips
from anurans.common.tables import write_table
from anurans.recordings.clips import concatenate, original_clips
from anurans.recordings.sun import STEP
from anurans.scores.comparison import MODEL

pytestmark = pytest.mark.slow
SPECIES = {f"SPEC{at:02d}": "Rana temporaria" for at in range(20)}
NIGHTS = [f"2021-{month:02d}-{day:02d}" for month in (10, 11) for day in range(1, 31, 3)]
HEARD = dict.fromkeys(("expected", "lower", "upper"), "3") | {"clips_counted": "9"}
HEARD |= {"clips": "9", "positive": "3", "expected_share": "0.3", "share_of_minutes": "0.2"}


@pytest.fixture
def fits(tmp_path):
    """Give a function that draws a figure, and looks whether it fits A4, with margins."""

    def draw(script, given, params=None, **more):
        path = tmp_path / f"{script.__name__}.svg"
        params = params or SimpleNamespace(species=SPECIES)
        script.main(given, [path, path.with_suffix(".png")], params, **more)
        text = path.read_text(encoding="utf-8")
        width, height = (float(each) for each in re.findall(r'(?:width|height)="([\d.]+)pt"', text))
        assert width <= 545 and height <= 810

    return draw


def test_the_season(tmp_path, fits):
    rows = [
        {"night": night, "species": code, "hour": "20"} | HEARD
        for night in NIGHTS
        for code in SPECIES
    ]
    for name in ("dates", "activity"):
        write_table(tmp_path / f"{name}.csv", list(rows[0]), rows)
    drift = [{"night": night, "trust": "yes"} for night in NIGHTS]
    write_table(tmp_path / "drift.csv", ["night", "trust"], drift)
    tables = {name: tmp_path / f"{name}.csv" for name in ("dates", "activity", "drift")}
    for script in (plot_season, plot_calendar):
        fits(script, SimpleNamespace(**tables))


def test_hours_from_the_sun(tmp_path, fits):
    rows = [
        {"event": event, "species": code, "after": after} | HEARD
        for event in ("sunset", "sunrise")
        for code in SPECIES
        for after in range(-180, 180, STEP)
    ]
    write_table(tmp_path / "sun.csv", list(rows[0]), rows)
    fits(plot_sun, [tmp_path / "sun.csv"])


def test_annotations(tmp_path, fits):
    names = [f"R{at}" for at in range(len(NIGHTS))]
    clips = concatenate(original_clips(name, 60.0, 5.0, 0.5) for name in names)
    calls = {
        name: [Annotation(3.0 * at, 3.0 * at + 2, code, "far", None, None)]
        for at, name in enumerate(names)
        for code in [list(SPECIES)[at]]
    }
    covers = cover_clips(clips, calls, dict.fromkeys(names, 60.0), list(SPECIES))
    table = {"clip": clips.clip, "recording": clips.recording} | {
        f"{code}_{measure}": getattr(covers[code], measure)
        for code in SPECIES
        for measure in MEASURES
    }
    rows = zip(*(values.tolist() for values in table.values()), strict=True)
    write_table(
        tmp_path / "labels.tsv", list(table), (dict(zip(table, row, strict=True)) for row in rows)
    )
    clocks = {
        name: {"date": night, "time": "20:00:00"} for name, night in zip(names, NIGHTS, strict=True)
    }
    params = SimpleNamespace(species=SPECIES, labelling={}, clocks=clocks)
    fits(plot_annotations, [tmp_path / "labels.tsv"], params)


def test_scores_by_hour_and_by_site(tmp_path, fits):
    rng, recordings, clips = np.random.default_rng(0), [], []
    for at in range(60):
        site, hour = f"POND{at % 5}", (18 + at % 12) % 24
        name = f"{site}_{NIGHTS[at % len(NIGHTS)].replace('-', '')}_{hour:02d}0000"
        of = {"recording": name, "site": site, "time": f"{hour:02d}:00:00", "status": "ok"}
        recordings.append(of)
        labels = rng.random(len(SPECIES)) < 0.4
        scores = np.clip(labels * 0.5 + rng.random(len(SPECIES)) * 0.6, 0, 1)
        clip = {"recording": name, "clip": f"{name}_0000000", "group": name}
        clip |= {"role": "held_out", "used": 1}
        for code, label, score in zip(SPECIES, labels, scores, strict=True):
            clip |= {f"score_{code}": score, f"label_{code}": int(label)}
            clip |= {f"predicted_{code}": int(score > 0.5)}
        clips.append(clip)
    write_table(tmp_path / "recordings.csv", list(recordings[0]), recordings)
    write_table(tmp_path / "predictions.tsv", list(clips[0]), clips)
    model = dict(zip(MODEL, ("s", "no", "net", "random", "plain", "head", "default"), strict=True))
    scores = {f"f1_{name}": 0.5 for name in (*SPECIES, "macro")}
    row = model | {"fold": "1", "subset": "held_out", "n_species": 20} | scores
    write_table(tmp_path / "metrics.tsv", list(row), [row])
    given = SimpleNamespace(
        metrics=[tmp_path / "metrics.tsv"],
        predictions=[tmp_path / "predictions.tsv"],
        recordings=tmp_path / "recordings.csv",
    )
    params = SimpleNamespace(species=list(SPECIES), resamples=50, seed=1)
    for script in (plot_hours, plot_sites):
        fits(script, given, params, wildcards=SimpleNamespace(split="s"))
