"""`crawl`: from a list of instances to a file for each."""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from distributed import LocalCluster
from federation import Federation, Site

from aiopeertube.fleet import dask_places

from .conftest import Begin, Cli, Terminal, rows, wait_until

ME = ("--contact", "me@university.example", "--rate", "50/s", "--timeout", "2")


@pytest.fixture
def sites() -> Iterator[list[Site]]:
    """Two good ones, one that refuses, and one that is not there, in a thread of their own."""
    made = [Site(videos=120), Site(videos=30), Site("gone"), Site("refusing")]
    started, ended = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        async with Federation(made):
            loops.append(asyncio.get_running_loop())
            started.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    started.wait()
    yield made
    loops[0].call_soon_threadsafe(ended.set)
    thread.join()


def listed(path: Path, sites: list[Site]) -> str:
    path.write_text("".join(f"{site.url}\n" for site in sites))
    return str(path)


def test_a_list_becomes_a_folder(cli: Cli, sites: list[Site], home: Path) -> None:
    names = listed(home / "list.txt", [*sites, sites[0]])
    result = cli("crawl", names, "--out", "found", *ME)
    assert result.exit_code == 1
    assert "1 line named an instance again" in result.stderr
    assert "4 of 4 instances: 2 done, 1 forbidden, 1 away, 150 videos" in result.stderr
    states = {row["origin"]: row["state"] for row in rows(result.stdout)}
    assert states == {
        site.url: state for site, state in zip(sites, ("done", "done", "forbidden", "away"), strict=True)
    }
    for site in sites[:2]:
        written = home / "found" / "videos" / f"{site.host.replace(':', '_')}.jsonl"
        videos = rows(written.read_text())
        assert {video["uuid"] for video in videos} == site.uuids()
        assert {video["instance"] for video in videos} == {site.url}
    summary = rows((home / "found" / "instances.jsonl").read_text())
    assert {row["origin"]: row["state"] for row in summary} == states
    assert list(sites[0].agents) == [agent for agent in sites[0].agents if "(+me@university.example)" in agent]


def test_an_instance_that_leads_to_another_counts_as_two(cli: Cli, sites: list[Site], home: Path) -> None:
    sites[2].kind, sites[2].moves_to = "moved", sites[1].url
    result = cli("crawl", listed(home / "list.txt", sites[2:3]), "--out", "found", *ME)
    assert result.exit_code == 0
    assert result.stderr.splitlines()[-1] == "2 of 2 instances: 1 done, 1 moved, 30 videos"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_list_as_editors_write_it(cli: Cli, sites: list[Site], home: Path, encoding: str) -> None:
    lines = f"# of the archive\r\n\r\n{sites[1].url}/\r\nHTTP://{sites[1].host}"
    (home / "list.txt").write_bytes(lines.encode(encoding))
    result = cli("crawl", "list.txt", "--out", "found", *ME)
    assert (result.exit_code, [row["videos"] for row in rows(result.stdout)]) == (0, [30])
    assert "1 line named an instance again" in result.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "list.txt names no instance"),
        (b"# none yet\n", "list.txt names no instance"),
        (b"a.example\nnot one\n", "list.txt: line 2: "),
        (b"h\0t\0t\0p\0", "it is not text in UTF-8"),
    ],
)
def test_a_list_that_is_none_is_told_before_anything_is_sent(cli: Cli, home: Path, text: bytes, told: str) -> None:
    (home / "list.txt").write_bytes(text)
    result = cli("crawl", "list.txt", "--out", "found", *ME)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "--url" not in result.stderr
    assert not (home / "found").exists()


def test_resume_asks_for_nothing_that_is_there(cli: Cli, sites: list[Site], home: Path) -> None:
    names = listed(home / "list.txt", sites[:3])
    assert cli("crawl", names, "--out", "found", "-q", *ME).exit_code == 1
    asked = [len(site.came) for site in sites]
    refused = cli("crawl", names, "--out", "found", *ME)
    assert (refused.exit_code, "see --resume" in refused.stderr) == (2, True)
    other = cli("crawl", names, "--out", "found", "--resume", "--filter", "nsfw=both", *ME)
    assert (other.exit_code, "asked something else" in other.stderr) == (2, True)
    assert cli("crawl", names, "--out", "found", "--resume", "-q", *ME).exit_code == 1
    assert [len(site.came) for site in sites] == asked


def test_another_list_into_the_same_folder_adds_to_what_is_there(cli: Cli, sites: list[Site], home: Path) -> None:
    assert cli("crawl", listed(home / "one.txt", sites[:1]), "--out", "found", "-q", *ME).exit_code == 0
    assert cli("crawl", listed(home / "two.txt", sites[1:2]), "--out", "found", "-q", "--resume", *ME).exit_code == 0
    summary = rows((home / "found" / "instances.jsonl").read_text())
    assert {row["origin"] for row in summary} == {site.url for site in sites[:2]}
    assert len(summary) == 2


def test_parquet(cli: Cli, sites: list[Site], home: Path) -> None:
    result = cli("crawl", "-", "--out", "found", "--format", "parquet", *ME, input=sites[0].url)
    assert result.exit_code == 0
    (file,) = (home / "found" / "videos").glob("*.parquet")
    table = pq.read_table(file)
    assert set(table.column("uuid").to_pylist()) == sites[0].uuids()


def test_videos_on_stdout(cli: Cli, sites: list[Site]) -> None:
    result = cli("crawl", "-", "--out", "-", "--filter", "isLocal=false", *ME, input=f"\ufeff{sites[1].url}\n")
    assert {row["uuid"] for row in rows(result.stdout)} == sites[1].uuids()
    assert sites[1].queries[0]["isLocal"] == ["false"]


def test_an_index_names_instances(cli: Cli, sites: list[Site], monkeypatch: pytest.MonkeyPatch) -> None:
    async def listing(self: Any, target: str) -> None:
        hosts = [{"id": 1, "host": "not an address"}, *({"id": one.port, "host": one.host} for one in sites[:2])]
        body = {"total": 3, "data": hosts} if target.startswith("/api/v1/instances?start=0&count=100") else {}
        self._send("200 OK", json.dumps(body).encode())

    monkeypatch.setattr("federation._Connection._empty", listing)
    sites[1].kind = "empty"
    result = cli("crawl", "--index", sites[1].url, "--out", "found", "-v", *ME)
    states = {row["origin"]: row["state"] for row in rows(result.stdout)}
    # Hosts of an index have no scheme: they are asked by https, which these do not speak.
    assert states == {site.url.replace("http:", "https:"): "away" for site in sites[:2]}
    assert "1 name that is no address" in result.stderr


def test_what_an_index_says_amiss_costs_nobody_else(
    cli: Cli, sites: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    odd: list[Any] = [
        None,
        "x",
        [],
        {},
        {"host": None},
        {"host": ["a"]},
        {"host": {"a": 1}},
        {"host": "u:p@h"},
        {"host": 5},
    ]
    rows_of = [*odd, {"host": sites[0].host}, {"host": sites[0].host}]

    async def listing(self: Any, target: str) -> None:
        self._send("200 OK", json.dumps({"total": len(rows_of), "data": rows_of}).encode())

    monkeypatch.setattr("federation._Connection._empty", listing)
    sites[1].kind = "empty"
    result = cli("crawl", "--index", sites[1].url, "--out", "found", *ME)
    assert [row["origin"] for row in rows(result.stdout)] == [sites[0].url.replace("http:", "https:")]
    rows_of.clear()
    nobody = cli("crawl", "--index", sites[1].url, "--out", "nobody", *ME)
    assert (nobody.exit_code, "lists no instance" in nobody.stderr) == (5, True)


@pytest.fixture
def scheduler(home: Path) -> Iterator[str]:
    """The address of a Dask scheduler with two workers."""
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": ":0"}
    with LocalCluster(protocol="tcp://", local_directory=str(home / "dask"), **options) as cluster:
        yield cluster.scheduler_address


def test_from_the_workers_of_a_cluster(cli: Cli, sites: list[Site], home: Path, scheduler: str) -> None:
    names = listed(home / "list.txt", sites)
    result = cli("crawl", names, "--out", str(home / "found"), "--dask", scheduler, *ME)
    assert result.exit_code == 1, result.stderr
    assert "4 of 4 instances: 2 done, 1 forbidden, 1 away, 150 videos" in result.stderr
    assert len(list((home / "found" / "videos").iterdir())) == 2


def test_a_scheduler_that_is_not_there_is_told_before_anything_is_sent(
    cli: Cli, sites: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_places, "SECONDS", 0.3)
    result = cli("crawl", "-", "--index", sites[0].url, "--out", "x", "--dask", "tcp://127.0.0.1:9", *ME, input="")
    assert result.exit_code == 4
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in result.stderr
    assert not sites[0].came


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--out", "x"), "Which instances?"),
        (("-", "--out", "x"), "--contact"),
        (("-", "--out", "-", "--resume", *ME), "--out -"),
        (("-", "--out", "x", "--filter", "isLokal=true", *ME), "'isLokal' is no filter"),
        (("-", "--out", "x", "--filter", "nsfw=maybe", *ME), "nsfw"),
        (("-", "--out", "x", "--rate", "fast", "--contact", "a@b.example"), "fast"),
        (("nowhere.txt", "--out", "x", *ME), "cannot read nowhere.txt"),
        (("-", "--out", "s3://a:b@c/d", *ME), "see --out"),
        (("-", "--out", "", *ME), "see --out"),
        (("-", "--out", "x", *ME, "--url", "https://x.example"), "No such option"),
        (("-", "--out", "x", *ME, "--metrics-file", "x.prom"), "No such option"),
        (("-", "--out", "memory://x", *ME), "gone when this command ends"),
        (("-", "--out", "-", "--dask", "tcp://x", *ME), "--dask needs"),
        (("-", "--out", "x", "--dask", "tcp://x", "--proxy", "none", *ME), "--proxy"),
        (("-", "--out", "x", "--dask", "gopher://x", *ME), "not the address of a Dask scheduler"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_sent(
    cli: Cli, sites: list[Site], arguments: tuple[str, ...], told: str
) -> None:
    result = cli("crawl", *arguments, input=sites[0].url)
    assert result.exit_code == 2
    assert told in result.stderr
    assert not sites[0].came


def test_numbers_of_one_client_are_not_promised_for_many(cli: Cli, sites: list[Site], home: Path) -> None:
    result = cli("--metrics-file", "x.prom", "crawl", "-", "--out", "x", *ME, input=sites[0].url)
    assert (result.exit_code, "--metrics-file does not go" in result.stderr) == (2, True)
    assert not sites[0].came


def test_all_lines_that_are_wrong_are_named(cli: Cli) -> None:
    result = cli("crawl", "-", "--out", "x", *ME, input="videos.example\nftp://x\n\nhttps://y.example/w/1\n")
    assert result.exit_code == 2
    assert "line 2:" in result.stderr
    assert "line 4:" in result.stderr


def test_ctrl_c_says_how_to_go_on(begin: Begin, sites: list[Site], home: Path) -> None:
    sites[0].videos = 100_000
    names = listed(home / "list.txt", sites[:2])
    process = begin("crawl", names, "--out", "found", *ME)
    wait_until(lambda: len(sites[0].came) > 3)
    process.send_signal(2)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert re.search(r"stopped at [01] of 2 instances: .*; --resume goes on", told)
    sites[0].videos = 700
    asked = len(sites[0].came)
    process = begin("crawl", names, "--out", "found", "--resume", *ME)
    out, told = process.communicate(timeout=20)
    assert process.returncode == 0, told
    assert {row["state"] for row in rows(out)} == {"done"}
    assert len(sites[0].came) > asked


def has_come(site: Site, number: int) -> bool:
    return len(site.came) > number


def test_a_crawl_that_is_killed_again_and_again_loses_nothing(begin: Begin, sites: list[Site], home: Path) -> None:
    sites[0].videos, sites[1].videos = 1500, 900
    names = listed(home / "list.txt", sites[:2])
    for number in (2, 7):
        process = begin("crawl", names, "--out", "found", "--resume", *ME)
        wait_until(partial(has_come, sites[0], number))
        process.kill()
        process.wait()
    process = begin("crawl", names, "--out", "found", "--resume", *ME)
    out, told = process.communicate(timeout=20)
    assert process.returncode == 0, told
    assert {(row["state"], row["videos"]) for row in rows(out)} == {("done", 1500), ("done", 900)}
    for site in sites[:2]:
        (file,) = (home / "found" / "videos").glob(f"*{site.port}.jsonl")
        found = [row["uuid"] for row in rows(file.read_text())]
        assert sorted(found) == sorted(site.uuids())
        assert site.closest() >= 0.02
        assert len(site.came) <= site.videos / 100 + 2  # a page may be under way at each kill
    assert not list((home / "found" / "pages").glob("*/*"))


def test_a_folder_that_cannot_be_is_told(cli: Cli, sites: list[Site], home: Path) -> None:
    names = listed(home / "list.txt", sites[:1])
    result = cli("crawl", names, "--out", names, *ME)
    assert result.exit_code == 74
    assert "list.txt" in result.stderr
    assert not sites[0].came


def test_a_bar_for_each_state_on_a_terminal(terminal: Callable[..., Terminal], sites: list[Site], home: Path) -> None:
    names = listed(home / "list.txt", sites)
    shown = terminal("crawl", names, "--out", "found", *ME)
    assert shown.end() == 1
    for state in ("done", "forbidden", "away"):
        assert f"{state} " in shown.text
    assert "150 videos" in shown.text
    assert "odd " not in shown.text
