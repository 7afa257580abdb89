"""The password of a new or changed user: never on the command line, which others can see."""

import os
import sys
from typing import Final

import click

from aiopeertube.cli.errors import Exit, Failure
from aiopeertube.cli.terminal import is_terminal

NEW_PASSWORD: Final = "PEERTUBE_NEW_PASSWORD"  # noqa: S105 - the name of a variable


def new_password(who: str) -> str:
    """Return the password from its variable, or ask for it twice on a terminal.

    Raises:
        Failure: there is none, and nobody to ask.
    """
    if given := os.environ.get(NEW_PASSWORD):
        return given
    if not is_terminal(sys.stdin):
        hint = f"set {NEW_PASSWORD}, or run it on a terminal to be asked"
        raise Failure(f"there is no password for {who}", code=Exit.USAGE, hint=hint)
    answer: str = click.prompt(f"New password of {who}", hide_input=True, confirmation_prompt=True, err=True)
    return answer
