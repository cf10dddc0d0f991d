# What comes from the network, when it is asked for by name; needs no recordings.
# Makes resources/<site>/, the recordings and labels of a site of AnuraSet with the list files.tsv,
# and resources/weights/, the ImageNet weights of the config's backbones and BirdNET. These targets
# have no output for Snakemake: each looks at what is there and fetches what is not, whenever it is asked.
rule download_site:
    input:
        asked(aside),
    log:
        "logs/download_site.log",
    localrule: True
    conda:
        "../envs/download.yaml"
    params:
        site=config["download"]["site"],
        server=config["download"]["anuraset"],
        connections=config["download"]["connections"],
        code=code("download_site.py", recordings=False),
    script:
        "../workflow/scripts/download_site.py"


use rule download_site as download_inct4 with:
    log:
        "logs/download_inct4.log",
    params:
        site="INCT4",


use rule download_site as download_inct17 with:
    log:
        "logs/download_inct17.log",
    params:
        site="INCT17",


use rule download_site as download_inct20955 with:
    log:
        "logs/download_inct20955.log",
    params:
        site="INCT20955",


use rule download_site as download_inct41 with:
    log:
        "logs/download_inct41.log",
    params:
        site="INCT41",


rule download_unknown:
    input:
        asked(sites.refuse_unknown, "site"),
    output:
        "download_{site}",


rule download_weights:
    input:
        asked(aside),
    log:
        "logs/download_weights.log",
    localrule: True
    conda:
        "../envs/download.yaml"
    params:
        folder="resources/weights",
        server=config["download"]["weights"],
        backbones=config["backbones"],
        code=code("download_weights.py", recordings=False),
    script:
        "../workflow/scripts/download_weights.py"
