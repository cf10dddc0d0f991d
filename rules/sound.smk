# Needs the recordings, results/recordings/{shard}.tsv, results/clips/{technique}/{shard}.tsv, which
# clips and copies there are, and results/backbones/{backbone}/, a network that takes sound.
# Makes results/embeddings/{backbone}/{technique}/{shard}.h5, all windows of each clip, and, where
# a network was trained on species of the config, results/classes/{backbone}/{shard}.h5, its scores.
# Recordings are read at the network's rate, stretched and masked on the way: no sound lies on the
# disk meanwhile.
# Were it cut once for several techniques and networks, and then deleted, one more of them would
# cut it again, and with it all that was ever made of it would be made again.
rule embed_sound:
    input:
        table="results/recordings/{shard}.tsv",
        clips="results/clips/{technique}/{shard}.tsv",
        brought=asked(brought, "shard"),
        network="results/backbones/{backbone}/model.xml",
        weights="results/backbones/{backbone}/model.bin",
        about="results/backbones/{backbone}/about.json",
    output:
        "results/embeddings/{backbone}/{technique}/{shard}.h5",
    log:
        "logs/embed_sound/{backbone}/{technique}/{shard}.log",
    benchmark:
        "results/benchmarks/embed_sound/{backbone}/{technique}/{shard}.tsv"
    wildcard_constraints:
        backbone=PLAN.networks.names(sound=True),
    conda:
        "../envs/embedding.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(60),
    params:
        recordings=asked(PLAN.recordings.ids_of, "shard"),
        files=files,
        channels=asked(PLAN.recordings.channels, "shard"),
        length=config["clips"]["length"],
        top=asked(PLAN.datasets.top, "technique"),
        seed=config["seed"],
        dtype=config["embedding"]["dtype"],
        batch_size=config["embedding"]["batch_size"],
        code=code("embed_sound.py"),
    script:
        "../workflow/scripts/embed_sound.py"


rule score_classes:
    input:
        table="results/recordings/{shard}.tsv",
        clips="results/clips/original/{shard}.tsv",
        brought=asked(brought, "shard"),
        network="results/backbones/{backbone}/model.xml",
        weights="results/backbones/{backbone}/model.bin",
        about="results/backbones/{backbone}/about.json",
    output:
        "results/classes/{backbone}/{shard}.h5",
    log:
        "logs/score_classes/{backbone}/{shard}.log",
    benchmark:
        "results/benchmarks/score_classes/{backbone}/{shard}.tsv"
    wildcard_constraints:
        backbone=PLAN.networks.names(sound=True),
    conda:
        "../envs/embedding.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(60),
    params:
        classes=asked(PLAN.networks.own_classes, "backbone"),
        names=asked(PLAN.networks.count_classes, "backbone"),
        recordings=asked(PLAN.recordings.ids_of, "shard"),
        files=files,
        channels=asked(PLAN.recordings.channels, "shard"),
        length=config["clips"]["length"],
        seed=config["seed"],
        batch_size=config["embedding"]["batch_size"],
        code=code("score_classes.py"),
    script:
        "../workflow/scripts/score_classes.py"
