# Needs results/embeddings of the dataset's techniques, results/splits/{split}.tsv, the ids in
# results/recordings/checked.tsv, and the annotation source, of which only a digest of what the run
# trains and validates on counts; where a recipe trains the network, results/spectrograms and
# results/backbones/{backbone}/ too.
# Makes results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}/: head.keras,
# heads.h5 (of every epoch, where the recipe says save: all), history.tsv (epochs, or penalties
# tried), clips.tsv (what was trained and validated on, inner folds and scores in these), scores.h5
# (every original clip), and network/, where the recipe trains it, as those of results/backbones are;
# then thresholds.tsv, metrics.tsv, predictions.tsv, and labelling.tsv, scores under other rules of
# labelling and by grade; and, on request, model.keras with model.json, which says how to use it, or,
# of a network that takes sound, model/, which names the network and has the head.
rule train_model:
    input:
        originals=asked(PLAN.runs.learnt_from, "backbone", "recipe"),
        copies=copies_of("results/embeddings/{backbone}/{technique}/{shard}.h5"),
        roles="results/splits/{split}.tsv",
        recordings="results/recordings/checked.tsv",
        annotations=ancient(given(asked(PLAN.splits.training_path, "split", "fold"))),
    output:
        head=f"{RUN}/head.keras",
        heads=f"{RUN}/heads.h5",
        history=f"{RUN}/history.tsv",
        clips=f"{RUN}/clips.tsv",
        scores=f"{RUN}/scores.h5",
    log:
        "logs/train_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.log",
    benchmark:
        "results/benchmarks/train_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.tsv"
    wildcard_constraints:
        recipe=PLAN.runs.tuned_names(False),
    conda:
        "../envs/training.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        settings={"species": SPECIES},
        reading=unrecorded(PLAN.annotations.settings),
        annotations=asked(PLAN.splits.training_digest, "split", "fold"),
        labelling=config["labelling"],
        copies=setting("datasets", "dataset", "copies"),
        required=asked(PLAN.splits.required_species, "split"),
        by=setting("splits", "split", "by"),
        validation=asked(PLAN.splits.validates_on, "split"),
        recipe=setting("recipes", "recipe"),
        combine=asked(PLAN.networks.combines, "backbone"),
        engine=asked(PLAN.runs.engine, "recipe"),
        seed=config["seed"],
        code=code("train_model.py"),
    script:
        "../workflow/scripts/train_model.py"


rule finetune_model:
    input:
        originals=asked(PLAN.runs.learnt_from, "backbone", "recipe"),
        copies=copies_of("results/embeddings/{backbone}/{technique}/{shard}.h5"),
        images=shards("results/spectrograms/original/{shard}.h5"),
        copied_images=copies_of("results/spectrograms/{technique}/{shard}.h5"),
        backbone="results/backbones/{backbone}/model.keras",
        about="results/backbones/{backbone}/about.json",
        roles="results/splits/{split}.tsv",
        recordings="results/recordings/checked.tsv",
        annotations=ancient(given(asked(PLAN.splits.training_path, "split", "fold"))),
        folds=asked(PLAN.runs.folds_before, "split", "backbone", "dataset", "recipe", "fold"),
    output:
        head=f"{RUN}/head.keras",
        history=f"{RUN}/history.tsv",
        clips=f"{RUN}/clips.tsv",
        scores=f"{RUN}/scores.h5",
        keras=f"{RUN}/network/model.keras",
        network=f"{RUN}/network/model.xml",
        weights=f"{RUN}/network/model.bin",
        about=f"{RUN}/network/about.json",
    log:
        "logs/finetune_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.log",
    benchmark:
        "results/benchmarks/finetune_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.tsv"
    wildcard_constraints:
        backbone=PLAN.networks.names(sound=False),
        recipe=PLAN.runs.tuned_names(True),
        fold=r"\d+|all|refit",
    conda:
        "../envs/training.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(480),
    params:
        settings={"species": SPECIES},
        reading=unrecorded(PLAN.annotations.settings),
        annotations=asked(PLAN.splits.training_digest, "split", "fold"),
        labelling=config["labelling"],
        copies=setting("datasets", "dataset", "copies"),
        required=asked(PLAN.splits.required_species, "split"),
        by=setting("splits", "split", "by"),
        validation=asked(PLAN.splits.validates_on, "split"),
        recipe=setting("recipes", "recipe"),
        engine="jax" if config["training"]["engine"] == "jax" else "tensorflow",
        dtype=config["embedding"]["dtype"],
        batch_size=config["embedding"]["batch_size"],
        seed=config["seed"],
        code=code("finetune_model.py"),
    script:
        "../workflow/scripts/finetune_model.py"


rule assemble_model:
    input:
        backbone=asked(PLAN.runs.network, "split", "backbone", "dataset", "recipe", "fold"),
        head=f"{RUN}/head.keras",
        scores=f"{RUN}/scores.h5",
        thresholds=f"{RUN}/thresholds.tsv",
    output:
        model=f"{RUN}/model.keras",
        about=f"{RUN}/model.json",
    log:
        "logs/assemble_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.log",
    benchmark:
        "results/benchmarks/assemble_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.tsv"
    conda:
        "../envs/training.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        species=config["species"],
        audio={key: config["audio"][key] for key in ("sr", "channel")},
        clips={key: config["clips"][key] for key in ("length", "min_last")},
        code=code("assemble_model.py"),
    script:
        "../workflow/scripts/assemble_model.py"


rule assemble_sound_model:
    input:
        network="results/backbones/{backbone}/about.json",
        head=f"{RUN}/head.keras",
        scores=f"{RUN}/scores.h5",
        thresholds=f"{RUN}/thresholds.tsv",
        predictions=asked(PLAN.runs.folds_predicted, "split", "backbone", "dataset", "recipe"),
    output:
        about=f"{RUN}/model/model.json",
        head=f"{RUN}/model/head.npz",
    log:
        "logs/assemble_sound_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.log",
    benchmark:
        "results/benchmarks/assemble_sound_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.tsv"
    wildcard_constraints:
        backbone=PLAN.networks.names(sound=True),
        recipe=PLAN.runs.head_names(),
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=config["species"],
        settings=asked(PLAN.networks.settings, "backbone"),
        birdnet=birdnet,
        channel=config["audio"]["channel"],
        clips={key: config["clips"][key] for key in ("length", "min_last")},
        combine=asked(PLAN.networks.combines, "backbone"),
        code=code("assemble_sound_model.py"),
    script:
        "../workflow/scripts/assemble_sound_model.py"


rule evaluate_model:
    input:
        scores=f"{RUN}/scores.h5",
        clips=f"{RUN}/clips.tsv",
        labels=shards("results/labels/original/{shard}.tsv"),
        roles="results/splits/{split}.tsv",
    output:
        thresholds=f"{RUN}/thresholds.tsv",
        metrics=f"{RUN}/metrics.tsv",
        predictions=f"{RUN}/predictions.tsv",
        labelling=f"{RUN}/labelling.tsv",
    log:
        "logs/evaluate_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.log",
    benchmark:
        "results/benchmarks/evaluate_model/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        by=setting("splits", "split", "by"),
        validation=asked(PLAN.splits.validates_on, "split"),
        leaks=asked(PLAN.splits.leaks, "split"),
        labelling=config["labelling"],
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("evaluate_model.py"),
    script:
        "../workflow/scripts/evaluate_model.py"
