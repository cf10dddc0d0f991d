"""Write a finished model: a folder with which another workflow listens, without training data."""

import shutil
from pathlib import Path

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_columns, read_table, write_table
from anurans.heads.models import write_description
from anurans.listening.detector import THRESHOLDS, name_of, read_detector
from anurans.listening.finished_models import (
    ABOUT,
    DETECTOR,
    HELD_OUT,
    NETWORK,
    OWN_NETWORK,
    TRAINING,
    describe_finished,
)
from anurans.listening.finished_models import THRESHOLDS as TUNED
from anurans.listening.thresholds import tuned_rows
from anurans.networks.embeddings import by_digest, network_files
from anurans.networks.sound_networks import file_name
from anurans.scores.curves import read_scored, scored_rows
from anurans.scores.ranking import mean_score, places_of
from anurans.splits.splits import HELD_OUT as HELD_OUT_PART
from anurans.splits.splits import REFIT, VALIDATION


def main(input, output, params):
    if not input.metrics:
        raise UserError(
            "detection.model is the folder of a finished model already; copy that folder, or name "
            "a model that is trained here."
        )
    about = read_detector(input.model).about
    if about.get("own_networks") and about["folds"] != [REFIT]:
        raise UserError(
            f"{name_of(about)}: trains a network of its own in each fold, and a finished model "
            "holds one; set detection.refit: true, which trains one on the recordings of all folds "
            "(docs/finetuning.md)."
        )
    metrics = [read_table(path) for path in input.metrics]
    places = places_of(about["model"], metrics)
    folder = Path(output[0])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(input.model, folder / DETECTOR)
    shutil.copyfile(input.training, folder / TRAINING)
    held_out = [
        row
        for at in places
        for row in scored_rows(read_table(input.predictions[at]), HELD_OUT_PART)
    ]
    of_folds = [read_table(input.thresholds[at]) for at in places]
    scored = read_scored(held_out, about["species"], HELD_OUT_PART)
    tuned = tuned_rows(about["folds"], of_folds, scored, about["species"])
    write_table(folder / TUNED, THRESHOLDS, tuned)
    write_table(folder / HELD_OUT, read_columns(input.predictions[places[0]]), held_out)
    network = next(
        path for path in map(Path, input.networks) if path.parent.name == about["model"]["backbone"]
    )
    told = {key: about[key] for key in ("model", "folds", "leaks")}
    told |= {
        "labelling": metrics[places[0]][0]["labelling"],
        "validation_f1": mean_score([metrics[at] for at in places], VALIDATION),
        "species": {code: params.species[code] for code in about["species"]},
        "audio": {"sr": params.sr},
        "clips": params.clips,
        "embedding": {key: about["embedding"][key] for key in ("precision", "dtype")},
        "seed": params.seed,
        "backbone": about["embedding"]["backbone"],
        "held_out": len(held_out),
    }
    if "sound" in about["settings"]:
        told["backbone"] |= {"combine": about["combine"]}
        told["network"] = {
            "file": file_name(told["backbone"]["weights"]),
            "sha256": about["source_sha256"],
            "licence": about["licence"],
        }
    else:
        told["spectrogram"] = about["settings"]["spectrogram"]
        own = by_digest(path for path in map(str, input.own) if path.endswith("about.json"))
        networks = [(NETWORK, network.parent)]
        networks += [(OWN_NETWORK, own[each].parent) for each in about.get("own_networks", ())]
        for name, of in networks:
            (folder / name).mkdir()
            for file in (*network_files(of, about["embedding"]["engine"]), of / "about.json"):
                shutil.copyfile(file, folder / name / file.name)
    write_description(folder / ABOUT, describe_finished(folder, told))
    log.info("%s, folds %s, %d held-out clips", about["model"], about["folds"], len(held_out))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
