# Targets by name, one per stage. Needs and makes what their rules below do.
rule summary:
    input:
        "results/summary.csv",


rule clips:
    input:
        kept_clips,


rule labels:
    input:
        expand("results/labels/original/{shard}.tsv", shard=SHARDS),
        "results/annotations.csv",


rule spectrograms:
    input:
        expand("results/spectrograms/original/{shard}.h5", shard=SHARDS),


rule embeddings:
    input:
        expand(
            "results/embeddings/{backbone}/original/{shard}.h5",
            backbone=sorted({run.backbone for run in RUNS}),
            shard=SHARDS,
        ),


rule training:
    input:
        expand("results/training/{folder}/scores.h5", folder=[run.folder for run in RUNS]),


rule models:
    input:
        expand("results/training/{folder}/model.keras", folder=[run.folder for run in RUNS]),
