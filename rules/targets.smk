# Targets by name, one per stage. Needs and makes what their rules below do.
rule summary:
    input:
        "results/summary.csv",


rule clips:
    input:
        asked(PLAN.kept_clips),


rule labels:
    input:
        expand("results/labels/{technique}/{shard}.tsv", technique=TECHNIQUES, shard=SHARDS),
        "results/annotations.csv",


rule spectrograms:
    input:
        expand("results/spectrograms/{technique}/{shard}.h5", technique=TECHNIQUES, shard=SHARDS),


rule embeddings:
    input:
        PLAN.embeddings(),


rule training:
    input:
        of_runs("scores.h5"),


rule models:
    input:
        of_runs("model.keras"),
