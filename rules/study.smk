# Needs metrics.tsv and predictions.tsv of the runs of the experiments stage1, stage2 and stage3, as
# config/paper.yaml has them; without these the target study is refused.
# Makes results/tables/: table1, the best of each backbone in stage 1; table2, the cross-validation
# on the combined dataset; table2_all, that and the plain training together; hypotheses, what the
# study claims against what is found here; each as .csv and .md, and on request any table there as
# .tex.
rule study:
    input:
        "results/summary.csv",
        asked(PLAN.study.tables),
        asked(PLAN.study.figures),
        PLAN.report.tables(),
        PLAN.report.figures(),
        report_pages.pages(PLAN.report.all_tables()),


rule tabulate_stage1:
    input:
        asked(partial(PLAN.study.files, "metrics.tsv", "stage1")),
    output:
        table="results/tables/table1.csv",
        markdown="results/tables/table1.md",
    log:
        "logs/tabulate_stage1.log",
    benchmark:
        "results/benchmarks/tabulate_stage1.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        by=PLAN.runs.by,
        recipes=asked(partial(PLAN.study.recipes, "stage1")),
        architectures=asked(partial(PLAN.study.architectures, "stage1")),
        code=code("tabulate_stage1.py"),
    script:
        "../workflow/scripts/tabulate_stage1.py"


rule tabulate_stage3:
    input:
        asked(partial(PLAN.study.files, "metrics.tsv", "stage3")),
    output:
        table="results/tables/table2.csv",
        markdown="results/tables/table2.md",
        all_table="results/tables/table2_all.csv",
        all_markdown="results/tables/table2_all.md",
    log:
        "logs/tabulate_stage3.log",
    benchmark:
        "results/benchmarks/tabulate_stage3.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        species=SPECIES,
        by=PLAN.runs.by,
        architectures=asked(partial(PLAN.study.architectures, "stage3")),
        datasets=asked(partial(PLAN.study.datasets, "stage3")),
        code=code("tabulate_stage3.py"),
    script:
        "../workflow/scripts/tabulate_stage3.py"


rule tabulate_hypotheses:
    input:
        metrics=asked(partial(PLAN.study.files, "metrics.tsv")),
        predictions=asked(partial(PLAN.study.files, "predictions.tsv")),
    output:
        table="results/tables/hypotheses.csv",
        markdown="results/tables/hypotheses.md",
    log:
        "logs/tabulate_hypotheses.log",
    benchmark:
        "results/benchmarks/tabulate_hypotheses.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        species=SPECIES,
        stages=asked(PLAN.study.stages),
        recipes=asked(PLAN.study.recipes),
        datasets=asked(PLAN.study.datasets),
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("tabulate_hypotheses.py"),
    script:
        "../workflow/scripts/tabulate_hypotheses.py"


rule typeset_table:
    input:
        "results/tables/{table}.csv",
    output:
        "results/tables/{table}.tex",
    log:
        "logs/typeset_table/{table}.log",
    benchmark:
        "results/benchmarks/typeset_table/{table}.tsv"
    wildcard_constraints:
        table="[A-Za-z0-9_-]+",
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        code=code("typeset_table.py"),
    script:
        "../workflow/scripts/typeset_table.py"
