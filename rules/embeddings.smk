# Needs results/spectrograms/{technique}/{shard}.h5 and the weights of the backbones.
# Makes results/backbones/{backbone}/, a frozen network for OpenVINO, one of images for Keras too,
# and about.json, which says what computes it, and how precisely, for every shard; and of networks
# of images results/embeddings/{backbone}/{technique}/{shard}.h5, one row per clip.
rule export_backbone:
    input:
        weights=given(asked(PLAN.networks.files, "backbone")),
    output:
        keras="results/backbones/{backbone}/model.keras",
        network="results/backbones/{backbone}/model.xml",
        weights="results/backbones/{backbone}/model.bin",
        about="results/backbones/{backbone}/about.json",
    log:
        "logs/export_backbone/{backbone}.log",
    benchmark:
        "results/benchmarks/export_backbone/{backbone}.tsv"
    wildcard_constraints:
        backbone=PLAN.networks.names(sound=False),
    conda:
        "../envs/training.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(20),
    params:
        settings=setting("backbones", "backbone"),
        engine=config["embedding"]["engine"],
        precision=config["embedding"]["precision"],
        seed=config["seed"],
        code=code("export_backbone.py"),
    script:
        "../workflow/scripts/export_backbone.py"


rule export_sound_network:
    input:
        weights=given(asked(PLAN.networks.files, "backbone")),
    output:
        network="results/backbones/{backbone}/model.xml",
        weights="results/backbones/{backbone}/model.bin",
        about="results/backbones/{backbone}/about.json",
    log:
        "logs/export_sound_network/{backbone}.log",
    benchmark:
        "results/benchmarks/export_sound_network/{backbone}.tsv"
    wildcard_constraints:
        backbone=PLAN.networks.names(sound=True),
    conda:
        "../envs/training.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(20),
    params:
        settings=asked(PLAN.networks.settings, "backbone"),
        birdnet=birdnet,
        expected=asked(PLAN.networks.expected, "backbone"),
        engine=config["embedding"]["engine"],
        precision=config["embedding"]["precision"],
        code=code("export_sound_network.py", recordings=not PLAN.finished),
    script:
        "../workflow/scripts/export_sound_network.py"


rule embed_spectrograms:
    input:
        images="results/spectrograms/{technique}/{shard}.h5",
        model="results/backbones/{backbone}/model.keras",
        network="results/backbones/{backbone}/model.xml",
        weights="results/backbones/{backbone}/model.bin",
        about="results/backbones/{backbone}/about.json",
    output:
        "results/embeddings/{backbone}/{technique}/{shard}.h5",
    log:
        "logs/embed_spectrograms/{backbone}/{technique}/{shard}.log",
    benchmark:
        "results/benchmarks/embed_spectrograms/{backbone}/{technique}/{shard}.tsv"
    wildcard_constraints:
        backbone=PLAN.networks.names(sound=False),
    conda:
        "../envs/embedding.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(60),
    params:
        dtype=config["embedding"]["dtype"],
        batch_size=config["embedding"]["batch_size"],
        code=code("embed_spectrograms.py"),
    script:
        "../workflow/scripts/embed_spectrograms.py"
