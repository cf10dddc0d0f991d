# Needs results/embeddings of the dataset's techniques, results/splits/{split}.tsv, and the
# annotation source, of which only a digest of what the run trains and validates on counts.
# Makes results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/: head.keras,
# history.tsv, scores.h5 (every original clip), model.keras (on request); then thresholds.tsv,
# metrics.tsv and predictions.tsv.
rule train_model:
    input:
        embeddings=all_shards("results/embeddings/{backbone}/original/{shard}.h5"),
        roles="results/splits/{split}.tsv",
        annotations=ancient(config["annotations"]["source"]),
    output:
        head="results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/head.keras",
        history="results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/history.tsv",
        scores="results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/scores.h5",
    log:
        "logs/train_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.log",
    benchmark:
        "results/benchmarks/train_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.tsv"
    conda:
        "../envs/training.yaml"
    params:
        recordings=[each.recording for each in RECORDINGS],
        settings=ANNOTATION_SETTINGS,
        annotations=training_digest,
        labelling=config["labelling"],
        recipe=lookup(dpath="recipes/{recipe}", within=config),
        seed=config["seed"],
        code=code("train_model.py"),
    script:
        "../workflow/scripts/train_model.py"


rule assemble_model:
    input:
        backbone="results/backbones/{backbone}/model.keras",
        head="results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/head.keras",
    output:
        "results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/model.keras",
    log:
        "logs/assemble_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.log",
    benchmark:
        "results/benchmarks/assemble_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.tsv"
    conda:
        "../envs/training.yaml"
    params:
        code=code("assemble_model.py"),
    script:
        "../workflow/scripts/assemble_model.py"


rule evaluate_model:
    input:
        scores="results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/scores.h5",
        labels=all_shards("results/labels/original/{shard}.tsv"),
        roles="results/splits/{split}.tsv",
    output:
        thresholds="results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/thresholds.tsv",
        metrics="results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/metrics.tsv",
        predictions="results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/predictions.tsv",
    log:
        "logs/evaluate_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.log",
    benchmark:
        "results/benchmarks/evaluate_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        labelling=config["labelling"],
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("evaluate_model.py"),
    script:
        "../workflow/scripts/evaluate_model.py"
