"""Queues of clips whose scores are known."""

from collections import Counter

import numpy as np
import pytest

from anurans.common.tables import read_table, write_table
from anurans.review.queues import (
    QUEUE,
    Clips,
    draw_check,
    draw_count,
    frame_columns,
    lay_queue,
)

SPECIES = ("A", "B")


@pytest.fixture(scope="module")
def clips():
    rng = np.random.default_rng(0)
    scores = rng.beta(0.4, 2, (600, 2))
    names = np.array([f"R{at // 12:02d}" for at in range(600)], dtype=object)
    start = np.arange(600) % 12 * 5.0
    return Clips(names, start, start + 5, SPECIES, scores, np.full((600, 2), np.nan), "abc")


def test_a_drawn_clip_is_asked_about_every_species_once(clips):
    rows, _ = draw_count("count-1", clips, 100, 3)
    assert len(rows) == 200
    questions = {}
    for row in rows:
        questions.setdefault(row["question"], []).append(row)
    assert list(questions) == sorted(questions) and len(questions) == 100
    for of in questions.values():
        assert [row["species"] for row in of] == ["A", "B"]
        assert len({(row["recording"], row["start"], row["probability"]) for row in of}) == 1
    assert len({(row["recording"], row["start"]) for row in rows}) == 100


def test_a_row_says_exactly_how_probable_it_was(clips):
    rows, frame = draw_count("count-1", clips, 100, 3)
    sizes = Counter()
    for cell in frame:
        sizes[cell["stratum"]] += cell["clips"]
    drawn = Counter(row["stratum"] for row in rows if row["species"] == "A")
    for row in rows:
        assert row["stratum_size"] == sizes[row["stratum"]]
        assert row["stratum_drawn"] == drawn[row["stratum"]]
        ratio = row["stratum_drawn"] / row["stratum_size"]
        assert float(row["probability"]) == pytest.approx(ratio, rel=1e-8)
    assert sum(sizes.values()) == 600
    for at, name in enumerate(SPECIES):
        total = sum(float(cell[f"score_{name}"]) for cell in frame)
        assert total == pytest.approx(clips.scores[:, at].sum(), rel=1e-6)


def test_a_queue_is_the_same_bytes_again_and_reads_back(clips, tmp_path):
    texts = []
    for number in range(2):
        rows, frame = draw_count("count-1", clips, 100, 3)
        write_table(tmp_path / f"{number}.csv", QUEUE, rows)
        write_table(tmp_path / f"{number}-frame.csv", frame_columns(SPECIES), frame)
        names = (f"{number}.csv", f"{number}-frame.csv")
        texts.append([(tmp_path / name).read_bytes() for name in names])
    assert texts[0] == texts[1]
    assert read_table(tmp_path / "0.csv", QUEUE)[0]["queue"] == "count-1"


def candidates():
    rng = np.random.default_rng(2)
    rows = []
    for at in range(2000):
        score = float(rng.beta(0.3, 3)) if at % 2 else float(rng.beta(2, 2))
        rows.append(
            {
                "recording": f"R{at // 4 % 100:03d}",
                "start": float(at // 400 * 5),
                "end": float(at // 400 * 5 + 5),
                "species": "AB"[at % 2],
                "score": score,
                "model": "abc",
                "site": f"S{at // 4 % 5}",
                "night": f"2025-01-{at // 4 % 20 + 1:02d}",
                "hour": f"{(18 + at // 4 % 8) % 24:02d}",
            }
        )
    return rows


def test_checks_lie_over_scores_sites_and_hours():
    found = candidates()
    rows = draw_check("check-1", found, 100, 1)
    for species in "AB":
        mine = [row for row in rows if row["species"] == species]
        assert len(mine) == 50
        scores = np.array([float(row["score"]) for row in mine])
        all_scores = [row["score"] for row in found if row["species"] == species]
        counts, _ = np.histogram(scores, bins=5, range=(0.05, max(all_scores)))
        there, _ = np.histogram(all_scores, bins=5, range=(0.05, max(all_scores)))
        assert (counts >= np.minimum(there, 9)).all()
        sites = Counter(int(row["recording"][1:]) % 5 for row in mine)
        assert len(sites) == 5 and max(sites.values()) <= 20
        for row in mine:
            ratio = row["stratum_drawn"] / row["stratum_size"]
            assert float(row["probability"]) == pytest.approx(ratio, rel=1e-8)
    assert draw_check("check-1", found, 100, 1) == rows


def test_a_check_is_drawn_as_often_as_is_said():
    found = [row for row in candidates() if row["species"] == "A"][:40]
    times, said, draws = Counter(), {}, 200
    for seed in range(draws):
        for row in draw_check("check", found, 12, seed):
            times[row["score"]] += 1
            said[row["score"]] = float(row["probability"])
    assert any(probability < 1 for probability in said.values())
    for score, probability in said.items():
        spread = np.sqrt(probability * (1 - probability) / draws)
        assert abs(times[score] / draws - probability) <= 4.5 * spread + 1e-9


def test_a_clip_drawn_for_two_species_is_one_question():
    both = [
        {"recording": "R", "start": 0.0, "end": 5.0, "species": code, "score": 0.9, "model": "m"}
        for code in "AB"
    ]
    rows = draw_check("check-1", both, 10, 1)
    assert [(row["question"], row["species"]) for row in rows] == [("q00001", "A"), ("q00001", "B")]


def test_what_is_chosen_keeps_its_order_and_has_no_probability():
    found = [
        {"recording": "R2", "start": 5.0, "end": 10.0, "species": "B", "why": "first"},
        {"recording": "R1", "start": 0.0, "end": 5.0, "species": "A", "why": "second"},
        {"recording": "R2", "start": 5.0, "end": 10.0, "species": "A", "why": "third"},
    ]
    rows = lay_queue("doubt-1", "doubt", found)
    said = [(row["question"], row["species"], row["why"]) for row in rows]
    assert said == [("q00001", "B", "first"), ("q00001", "A", "third"), ("q00002", "A", "second")]
    assert not any(row.get("probability") for row in rows)
    rows = lay_queue("teach-1", "teach", found[:1], SPECIES)
    assert [(row["question"], row["species"]) for row in rows] == [("q00001", "A"), ("q00001", "B")]
