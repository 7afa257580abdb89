"""The commands of docs/archive.md, as they stand there, on rows of an archive's real tables."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from aiopeertube.emulator import Emulator
from aiopeertube.emulator.model.entities import Video

from .conftest import USER, Cli

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "tests" / "data" / "archive"


class Result(NamedTuple):
    """What came of a script."""

    code: int
    stderr: str


BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VIDEO = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"


@pytest.fixture
def server() -> Iterator[Emulator]:
    with Emulator.in_thread(
        videos=0, rate_limit=None, login_limit=None, imports=True, additional_extensions=True
    ) as started:
        yield started


@pytest.fixture
def archive(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the tables and their files."""
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    for table in TABLES.iterdir():
        shutil.copy(table, home)
    for name, folder, content in (("clement.csv", "films", VIDEO), ("vpro_srt.csv", "srt", b"")):
        (home / folder).mkdir()
        for number, line in enumerate((home / name).read_text().splitlines()):
            file = home / folder / re.split("[,|]", line)[1]
            file.write_bytes((content or b"1\n00:00:01,000 --> 00:00:02,500\n") + b"%d" % number)
    return home


def run(cli: Cli, script: str) -> Result:
    """Run a script until a command fails: our commands in this process, all others in a shell."""
    result = Result(0, "")
    for line in script.replace("\\\n", " ").splitlines():
        if not line.startswith("aiopeertube "):
            subprocess.run(["bash", "-euo", "pipefail", "-c", line], check=True)
            continue
        words, _, file = line.partition(" > ")
        done = cli(*shlex.split(words)[1:])
        if file:
            Path(file).write_text(done.stdout)
        result = Result(done.exit_code, result.stderr + done.stderr)
        if result.code:
            break
    return result


def the_archives_own_videos(server: Emulator, table: Path) -> None:
    """Let the server be the instance that the table of captions is of."""
    channel = server.store.channels["nisv_channel"]
    for line in table.read_text().splitlines():
        server.store.add_video("as before", channel, uuid=line.split("|")[0])


def test_every_command_of_the_page_does_what_the_page_says(server: Emulator, cli: Cli, archive: Path) -> None:
    the_archives_own_videos(server, archive / "vpro_srt.csv")
    assert cli("login", "--url", server.url, **USER).exit_code == 0
    blocks = BLOCK.findall((ROOT / "docs" / "archive.md").read_text())
    done = run(cli, "".join(blocks))
    assert done.code == 0, done.stderr
    videos = {video.name: video for video in server.store.videos.values()}
    of = {name: [v for v in videos.values() if v.channel.name == name] for name in ("clement", "vpro")}
    assert (len(of["clement"]), len(of["vpro"])) == (6, 8)
    assert {video.privacy for channel in of.values() for video in channel} == {1}
    _check_clement(videos)
    _check_vpro(videos)
    _check_captions(server, of["vpro"])
    old = [line.split(",") for line in (archive / "clement-videos.csv").read_text().splitlines()[1:]]
    assert dict(pair[:2] for pair in old)["2101608050034883731"] == videos["VERITAS- FILM NO. 0001"].uuid
    california = videos["California Dreaming"]
    assert f'"/media/82707" {server.url}/w/{california.uuid};' in (archive / "media.map").read_text().splitlines()


def _check_clement(videos: dict[str, Video]) -> None:
    zoo = videos["DE ROTTERDAMSCHE DIERGAARDE"]
    assert zoo.description is not None
    assert zoo.description.startswith("Amateurfilm van J.L. Clement ter herinnering")
    assert "\n\nSHOTS:00:07:16 toegangspoort" in zoo.description
    assert zoo.description.endswith("\n\nPlaats: Rotterdam\nProgramma: PGM84078")
    assert sorted(zoo.tags) == ["amateuropnamen", "apen", "dieren", "dierentuinen", "poorten"]
    assert zoo.language == "nl"
    flora = videos["FLOR AQUARIUM DEEL II"].description
    assert flora is not None
    assert flora.endswith("bewegen.\n\nProgramma: PGM84076")  # no place, no shots, and no trace of them


def _check_vpro(videos: dict[str, Video]) -> None:
    long = next(name for name in videos if name.startswith("IAS-director"))
    assert len(long) == 120
    assert (videos[long].language, videos[long].licence) == ("en", 2)
    assert videos["metropolis coming to the city"].licence == 6
    assert sorted(videos["Hani Hayajneh: Extra footage 2"].tags) == [
        "Culture", "History", "Jordan", "Middle East", "Semitic languages",
    ]  # fmt: skip
    avila, california = videos["Artur Avila - Extra footage"], videos["California Dreaming"]
    assert (list(avila.tags), avila.originally_published_at) == ([], None)
    assert california.originally_published_at is not None
    assert str(california.description).endswith("\n\nVPRO tegenlicht")


def _check_captions(server: Emulator, imported: list[Video]) -> None:
    """Both the archive's own videos and those that were imported have the captions of their films."""
    found = {uuid: server.store.video(uuid) for uuid, _ in OLD.values()}
    for name, (uuid, file) in OLD.items():
        mine, theirs = next(video for video in imported if video.name == name), found[uuid]
        assert theirs is not None
        for video in (mine, theirs):
            assert server.store.captions[video.id]["en"].content == (Path("srt") / file).read_bytes()


OLD = {
    "California Dreaming": ("52a6cdf0-3ee4-4ad9-aaaa-4c33b2cf8fa2", "CaliforniaDreamingCClicense40.srt"),
    "Artur Avila - Extra footage": ("b6d136c8-dd4d-4792-97ec-979f27a7d833", "Artur_Avila__br.srt"),
    "Donald Hoffman on what reality is": ("4ce936c5-fa64-4735-8152-48c38662c653", "Donald_Hoffman.srt"),
}


def test_what_the_page_says_is_refused_is_refused(server: Emulator, cli: Cli, archive: Path) -> None:
    assert cli("login", "--url", server.url, **USER).exit_code == 0
    blocks = BLOCK.findall((ROOT / "docs" / "archive.md").read_text())
    films = next(block for block in blocks if block.startswith("aiopeertube upload") and "--dry-run" in block)
    twice = run(cli, blocks[0] + films.replace("clement-films.csv", "clement.csv"))
    assert (twice.code, "line 4: contradicts line 3" in twice.stderr) == (2, True)
    web = next(block for block in blocks if "aiopeertube import" in block)
    whole = run(cli, "cp vpro.csv vpro-films.csv\n" + web[web.index("aiopeertube") :])
    assert whole.code == 2
    assert "column targetUrl: a new video needs an address to import it from" in whole.stderr
    with Emulator.in_thread(videos=0, rate_limit=None, login_limit=None) as plain:
        assert cli("login", "--url", plain.url, **USER).exit_code == 0
        refused = run(cli, blocks[0] + blocks[1] + films)
        assert refused.code == 2
        assert refused.stderr.count(".mxf: the instance takes only .webm, .ogv, .mp4") == 6
