"""Notes what every Python process took, where ANURANS_PROBE names a file.

Put this folder first in PYTHONPATH: each job of a Snakemake run then leaves a line of JSON there
when it ends.
"""

import atexit
import json
import logging
import os
import resource
import sys
import time

BEGAN = time.time()
# Of the clock and the processor, when everything was imported and the job began.
IMPORTED = []


def note():
    """Write what ran, seconds of clock and processor."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    line = {
        "what": os.path.basename(sys.argv[0]) if sys.argv else "",  # noqa: PTH119
        "began": BEGAN,
        "clock": time.time() - BEGAN,
        "processor": used.ru_utime + used.ru_stime,
        "system": used.ru_stime,
        "imports": IMPORTED,
    }
    with open(os.environ["ANURANS_PROBE"], "a") as file:  # noqa: PTH123
        file.write(json.dumps(line) + "\n")


def begin(*arguments, configure=logging.basicConfig, **settings):
    """Stand in for logging.basicConfig, which jobs call between their imports and their work."""
    if not IMPORTED:
        IMPORTED.extend((time.time() - BEGAN, time.process_time()))
    configure(*arguments, **settings)


if "ANURANS_PROBE" in os.environ:
    logging.basicConfig = begin
    atexit.register(note)
