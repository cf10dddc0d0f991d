"""What rules give to Snakemake in place of a value: it is asked for once there is a job."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from snakemake.logging import logger

from anurans.common.errors import UserError


def sentence(function: Callable[..., Any]) -> Callable[..., Any]:
    """Show a user's mistake as its message alone: Snakemake would wrap any exception in more."""

    @wraps(function)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except UserError as error:
            logger.error(f"\n{error}\n")
            raise SystemExit(1) from error

    return told


def asked(method: Callable[..., Any], *names: str) -> Callable[[Any], Any]:
    """Input or params function: a method of the plan, given these wildcards of the job.

    What is as long as the list of recordings is asked for, so that not every parse makes it.
    """

    @sentence
    def told(wildcards):
        return method(*(getattr(wildcards, name) for name in names))

    return told
