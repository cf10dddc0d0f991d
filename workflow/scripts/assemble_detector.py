"""Put together what new recordings are listened to with: a model with all its folds, or a refit."""

import json
from pathlib import Path

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.heads.head_files import read_head
from anurans.listening.assembling import choose_model, learnt_clips, made_by, refer
from anurans.listening.detector import Detector, open_finished, write_detector
from anurans.listening.finished_models import read_finished
from anurans.networks.embeddings import network_digest, network_files
from anurans.networks.engines import OPENVINO
from anurans.scores.summary import LEAKS
from anurans.sounds.shards import open_shard
from anurans.splits.datasets import open_embeddings
from anurans.splits.splits import REFIT


def main(input, output, params):
    if input.finished:
        finished = read_finished(Path(input.finished[0]).parent)
        detector = open_finished(finished, input.finished)
        write_detector(output[0], detector)
        log.info("finished model %s, folds %s", detector.about["model"], detector.about["folds"])
        return
    if params.only:
        about = params.only | {"leaks": LEAKS[params.only["leaks"]]}
        folders = [Path(path).parent.name for path in input.heads]
        places = [folders.index(f"fold-{fold}") for fold in about["folds"]]
    else:
        places, about = choose_model([read_table(path) for path in input.metrics])
    backbone = about["model"]["backbone"]
    with open_shard(input.scores[places[0]]) as shard:
        made = shard.metadata
    about["species"] = made["training"]["species"]
    about["settings"] = made_by(made)
    about["combine"] = params.combine.get(backbone)
    embedding = made["embedding"]
    about["embedding"] = {
        key: embedding[key] for key in ("engine", "precision", "dtype", "backbone")
    }
    folders = {Path(path).parent.name: Path(path).parent for path in input.networks}
    engine = OPENVINO if "sound" in about["settings"] else embedding["engine"]
    about["network"] = network_digest(network_files(folders[backbone], engine))
    # The heads that listen, and what they learnt from: those of all folds, or of their refit.
    heard, learnt = [input.heads[at] for at in places], [input.clips[at] for at in places]
    refit = Path(heard[0]).parent.with_name(f"fold-{REFIT}")
    if str(refit / "head.keras") in map(str, input.refits):
        heard, learnt = [refit / "head.keras"], [refit / "clips.tsv"]
        about["folds"] = [REFIT]
    if own := own_networks(input.own, heard):
        about["own_networks"] = own
    about |= {key: embedding.get(key) for key in ("source_sha256", "licence")}

    heads = tuple(map(read_head, heard))
    clips = learnt_clips(map(read_table, learnt))
    about["recordings"] = sorted(set(clips.values()))
    mine = [path for path in input.embeddings if Path(path).parts[-3] == backbone]
    reference, centre, about["limit"] = refer(open_embeddings(mine), clips)
    write_detector(output[0], Detector(about, heads, reference, centre))
    log.info("%s, folds %s", about["model"], about["folds"])
    if about["leaks"] != "no":
        log.warning("warning: the split %s leaks: its scores flatter it", about["model"]["split"])


def own_networks(own, heads):
    """Digests of the networks that were trained with the heads, in their order; none if frozen."""
    of = {Path(path).parents[1]: path for path in own}
    paths = [of.get(Path(head).parent) for head in heads]
    return [json.loads(Path(path).read_text(encoding="utf-8"))["network"] for path in paths if path]


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
