"""`--details`, which every command has that reads videos in full. `--help` imports nothing of `migrate` for it."""

from collections.abc import Mapping
from typing import Any, Final

import click

DETAILS: Final[Mapping[str, Any]] = {
    "type": click.Choice(("auto", "api", "activitypub")),
    "default": "auto",
    "help": "Read videos in full by the API, or as ActivityPub objects where these tell enough: servers allow ten"
    " times as many. auto: objects for users whose requests the API counts.",
}
