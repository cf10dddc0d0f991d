"""Make tests/data/events_by_peers.json: scores of events by sed_eval and psds_eval.

In an environment of its own, since neither runs beside what this project needs:

    python3.11 -m venv .venv-peers
    .venv-peers/bin/pip install "setuptools<70" "numpy<2" "pandas<2.2" sed_eval psds-eval dcase_util
    .venv-peers/bin/python tests/references/events_by_peers.py

Made with sed_eval 0.2.1 and psds-eval 0.5.3. Calls and events are random; each list of events is
one operating point of the sweep that PSDS takes.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from dcase_util.containers import MetaDataContainer
from psds_eval import PSDSEval
from sed_eval.sound_event import EventBasedMetrics, SegmentBasedMetrics

DURATION, POINTS, COLLAR = 60.0, 8, 0.5
LABEL = "frog"


def spans(rng, n):
    """Intervals that do not touch, in s to the millisecond."""
    edges = np.sort(rng.choice(np.arange(1, 599), 2 * n, replace=False)) / 10
    return [
        [round(float(a) + 0.013, 3), round(float(b) - 0.021, 3)] for a, b in edges.reshape(-1, 2)
    ]


def detected(rng, calls, level):
    """Calls that are found, off by some tenths of a second, and false ones: more at low levels."""
    found = []
    for start, end in calls:
        if rng.random() < 1 - 0.8 * level:
            found.append([start + rng.normal(0, 0.3), end + rng.normal(0, 0.3)])
    for start in rng.uniform(0, DURATION - 3, rng.poisson(3 * (1 - level))):
        found.append([start, start + rng.uniform(0.5, 3)])
    found = sorted([max(0, a), min(DURATION, b)] for a, b in found if b - a > 0.05)
    kept = []
    for start, end in found:
        if not kept or start > kept[-1][1] + 0.01:
            kept.append([round(float(start), 3), round(float(end), 3)])
    return kept


def peers(recordings, points):
    """What sed_eval says of the first operating point, and psds_eval of all."""
    segments = SegmentBasedMetrics(event_label_list=[LABEL], time_resolution=1.0)
    events = EventBasedMetrics(
        event_label_list=[LABEL],
        t_collar=COLLAR,
        percentage_of_length=0.0,
        event_matching_type="optimal",
    )

    def rows(name, of, label=LABEL):
        return [{"filename": name, "onset": a, "offset": b, "event_label": label} for a, b in of]

    def twice(of):
        """For psds_eval, of whose one class deviations are not defined: two that are the same."""
        both = [row for name, each in of.items() for at in "12" for row in rows(name, each, at)]
        return pd.DataFrame(both, columns=["filename", "onset", "offset", "event_label"])

    for name, calls in recordings.items():
        both = MetaDataContainer(rows(name, calls)), MetaDataContainer(rows(name, points[0][name]))
        segments.evaluate(*both, evaluated_length_seconds=DURATION)
        events.evaluate(*both)
    metadata = pd.DataFrame({"filename": [*recordings], "duration": DURATION})
    psds = PSDSEval(
        dtc_threshold=0.5,
        gtc_threshold=0.5,
        cttc_threshold=0.3,
        ground_truth=twice(recordings),
        metadata=metadata,
    )
    for point in points:
        psds.add_operating_point(twice(point))
    counted = {
        what: {key: float(metric.overall[key]) for key in ("Nref", "Nsys", "Ntp")}
        for what, metric in (("segments", segments), ("events", events))
    }
    return counted | {
        f"psds_{most}": float(psds.psds(alpha_ct=0.0, alpha_st=0.0, max_efpr=most).value)
        for most in (60, 100, 300)
    }


cases = []
for seed in range(4):
    rng = np.random.default_rng(seed)
    recordings = {name: spans(rng, int(rng.integers(2, 8))) for name in ("A", "B", "C")}
    points = [
        {name: detected(rng, calls, level) for name, calls in recordings.items()}
        for level in np.linspace(0.05, 0.95, POINTS)
    ]
    cases.append({"calls": recordings, "points": points, "peers": peers(recordings, points)})
    print(cases[-1]["peers"])
path = Path(__file__).parents[1] / "data/events_by_peers.json"
text = json.dumps({"duration": DURATION, "collar": COLLAR, "cases": cases})
path.write_text(text + "\n", encoding="utf-8")
