"""What tables of costs know of a config."""

from pathlib import Path

import yaml

from anurans.plan.config import load
from anurans.plan.cost_plan import CostPlan
from anurans.plan.dataset_plan import DatasetPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan

ROOT = Path(__file__).parents[3]


def test_each_network_has_the_benchmarks_of_its_jobs(monkeypatch):
    monkeypatch.chdir(ROOT)
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    demo["experiments"] = {"one": {"splits": ["night"], "datasets": ["time_mask"]}}
    demo["detection"] = demo["detection"] | {"model": "best"}
    config = load(demo, "config")
    recordings = RecordingPlan(config)
    runs = RunPlan(config, recordings)
    costs = CostPlan(config, recordings, runs, DatasetPlan(config, recordings, runs))
    found = costs.networks("there/{}".format)
    assert {name: each["takes"] for name, each in found.items()} == {
        "birdnet": "sound",
        "mobilenet-small": "image",
    }
    benchmarks = "there/results/benchmarks"
    assert found["birdnet"]["embed"] == [
        f"{benchmarks}/embed_sound/birdnet/{technique}/000{shard}.tsv"
        for technique in ("original", "time_mask")
        for shard in range(4)
    ]
    assert found["mobilenet-small"]["embed"][0].startswith(f"{benchmarks}/embed_spectrograms/")
    assert found["birdnet"]["train"] == [
        f"{benchmarks}/train_model/night/birdnet/time_mask/logistic/fold-{fold}.tsv"
        for fold in (1, 2, 3)
    ]
    assert len(costs.benchmarks()) == 2 * (8 + 3)
    assert not any(path.startswith("there/") for path in costs.benchmarks())
    assert costs.settings()["embedding"] == config["embedding"]
    assert "seed" not in costs.settings()
