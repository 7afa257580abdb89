"""`completion`: the script by which a shell completes commands."""

from typing import Final

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from aiopeertube.cli import output
from aiopeertube.cli.options import Command, output_options

_SHELLS: Final = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command(cls=Command)
@click.argument("shell", metavar="SHELL", type=click.Choice(_SHELLS))
@output_options()
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    r"""Write the script that makes a shell complete commands, options, choices, paths of the API, journals and files.

    SHELL is bash, zsh or fish. One line where the shell begins makes it known:

    \b
      ~/.bashrc                    eval "$(aiopeertube completion bash)"
      ~/.zshrc, behind compinit    eval "$(aiopeertube completion zsh)"
      ~/.config/fish/config.fish   aiopeertube completion fish | source
    """
    script = _SHELLS[shell](ctx.find_root().command, {}, "aiopeertube", "_AIOPEERTUBE_COMPLETE").source()
    # click's script for fish cuts descriptions at their first comma.
    output.put(script.replace('string split ","', 'string split --max 1 ","'))
