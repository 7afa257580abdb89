"""npm's `@peertube/peertube-cli`, PeerTube's own program: token, auth and upload, with their exit codes and words."""

import os
import re
import subprocess
from pathlib import Path

from steps import Job, Steps

_PROGRAM = "node_modules/@peertube/peertube-cli/dist/peertube.js"
# Tokens, colours of a terminal, and what a table draws around its cells.
_ONES_OWN = (
    (re.compile(r"\b[0-9a-f]{40}\b"), "TOKEN"),
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"https?://[\w.:]+"), "URL"),
    (re.compile(r"[─│┌┐└┘├┤┬┴┼ ]+"), " "),
    # Where in the program it was, and all that it knew.
    (re.compile(r"\n at .*", re.DOTALL), ""),
)


class Cli:
    """The program, which keeps its accounts below a home of its own."""

    def __init__(self, job: Job) -> None:
        self.job, self.steps = job, Steps()
        self._program = str(Path(job.modules) / _PROGRAM)

    def run(self, name: str, *words: str) -> None:
        """Run it, and note how it ended, with what it said."""
        home = {"HOME": self.job.folder, "XDG_CONFIG_HOME": f"{self.job.folder}/config", "NO_COLOR": "1"}
        environment = {"PATH": os.environ["PATH"], **home}

        def ran() -> str:
            done = subprocess.run(
                ["node", self._program, *words],
                env=environment, capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            return f"exit {done.returncode}: {self.without_own(done.stdout + done.stderr)}"

        self.steps.take(name, ran, says=str)

    def without_own(self, text: str) -> str:
        """Take out what another server, or the same one later, says otherwise."""
        for what, instead in _ONES_OWN:
            text = what.sub(instead, text)
        lines = (line.strip() for line in text.replace(self.job.username, "USER").splitlines())
        return "\n".join(line for line in lines if line)

    def walk(self) -> None:
        """Take the steps, with those that go wrong."""
        job = self.job
        server, user = ("--url", job.url), ("--username", job.username, "--password", job.password)
        self.run("token", "token", *server, *user)
        self.run("token with a wrong password", "token", *server, *user[:3], "not it")
        self.run("auth add", "auth", "add", *server, *user, "--default")
        self.run("auth list", "auth", "list")
        film = ("--file", job.film)
        self.run("upload", "upload", *film, "--video-name", "Sent by the CLI", "--channel-name", job.channel)
        self.run("upload with all options", "upload", *film, "--video-name", "Sent by the CLI, too", *self._options())
        self.run("upload that is refused", "upload", *film, "--video-name", "x", "--channel-name", job.channel)
        self.run("auth del", "auth", "del", job.url)
        self.run("auth list of none", "auth", "list")

    def _options(self) -> list[str]:
        of = {"category": 1, "licence": 2, "language": "nl", "tags": "one,two", "video-description": "From a test",
              "privacy": 2, "support": "Thanks", "channel-name": self.job.channel}  # fmt: skip
        switches = ("--nsfw", "--no-comments-enabled", "--no-wait-transcoding", "--no-download-enabled")
        return [word for name, value in of.items() for word in (f"--{name}", str(value))] + [*switches]


if __name__ == "__main__":
    cli = Cli(Job.read())
    cli.walk()
    cli.steps.print()
