"""Export, edit, plan, apply, verify, roll back: as people run them, against the emulator."""

import csv
import json
import os
import random
import signal
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from aiopeertube.emulator import Emulator, Fault
from aiopeertube.emulator.faults import FaultKind

from .conftest import ADMIN, USER, Begin, Cli, command, rows, video, wait_until


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    return home / "state" / "aiopeertube" / "jobs"


def read_csv(name: str = "out.csv") -> list[dict[str, str]]:
    with Path(name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_csv(table: list[dict[str, str]], name: str = "in.csv") -> None:
    with Path(name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]))
        writer.writeheader()
        writer.writerows(table)


def snapshot(server: Emulator) -> dict[int, dict[str, Any]]:
    names = ("name", "description", "support", "tags", "category", "licence", "language", "privacy", "nsfw",
             "comments_policy", "download_enabled", "originally_published_at", "channel")  # fmt: skip
    return {
        number: {name: sorted(v.tags) if name == "tags" else getattr(v, name) for name in names}
        for number, v in server.store.videos.items()
    }


def puts(server: Emulator) -> int:
    return server.statistics().by_route.get("PUT /videos/{id}", 0)


def strange(server: Emulator) -> None:
    """Give the videos texts that tables may stumble over."""
    texts = ['"quoted", ; | \t', "two\nlines\r\nand\rmore", "🎞 עברית עם English", " spaces ", "<clear>", "\\<clear>",
             "=1+1", "'", "null and void", "x" * 10_000, "ends in dots...", "-"]  # fmt: skip
    for number, text in enumerate(texts, start=1):
        one = video(server, number)
        one.description = text if len(text) > 2 else text * 5
        one.name = ('Naïve; "film", ' + text.replace("\n", " ").replace("\r", " "))[:100].strip()
        one.tags = ("a;b", "c,d", "[x]", " y ")[: number % 5]
        one.support = text[:100] if len(text) > 2 else None
        one.licence, one.language = (None, "nl") if number % 2 else (2, None)


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl", "xlsx"])
@pytest.mark.parametrize("who", ["user", "admin"])
def test_what_was_exported_and_not_edited_plans_to_no_change(
    server: Emulator, request: pytest.FixtureRequest, format: str, who: str
) -> None:
    cli = request.getfixturevalue(who)
    strange(server)
    mine = ["--mine"] if who == "user" else []
    assert cli("export", f"out.{format}", *mine).exit_code == 0
    result = cli("plan", f"out.{format}")
    assert result.exit_code == 0
    assert "0 videos would change, 12 are as they should be, 0 cannot be done" in result.stderr
    assert cli("apply", f"out.{format}").exit_code == 0
    assert puts(server) == 0


def test_from_export_to_rollback(server: Emulator, user: Cli) -> None:
    strange(server)
    before = snapshot(server)
    assert user("export", "out.csv", "--mine").exit_code == 0
    table = read_csv()
    table[0] |= {"name": "Another name", "description": "<clear>", "tags": "film; 1939"}
    table[1] |= {"category": "Films", "category.label": "", "nsfw": "yes", "originallyPublishedAt": "31-5-1939"}
    table[2] |= {"downloadEnabled": "false", "commentsPolicy": "Disabled", "commentsPolicy.label": ""}
    write_csv(table)
    planned = user("plan", "in.csv", "-o", "plan.jsonl", "--format", "jsonl")
    assert planned.exit_code == 0
    assert [sorted(row["after"]) for row in rows(planned.stdout)] == [
        ["description", "name", "tags"], ["category", "nsfw", "originallyPublishedAt"],
        ["commentsPolicy", "downloadEnabled"],
    ]  # fmt: skip
    assert puts(server) == 0
    applied = user("apply", "plan.jsonl", "--format", "jsonl")
    assert applied.exit_code == 0
    assert [row["state"] for row in rows(applied.stdout)] == ["changed"] * 3
    assert puts(server) == 3
    assert video(server, 1).description is None
    assert set(video(server, 1).tags) == {"film", "1939"}
    assert (video(server, 2).category, video(server, 2).nsfw) == (2, True)
    assert video(server, 3).comments_policy == 2

    assert "3 stand as written, 0 differ" in user("verify", "last").stderr
    video(server, 2).category = 5
    verified = user("verify", "last")
    assert verified.exit_code == 1
    assert "category is 5, not 2" in verified.stderr

    back = user("rollback", "last", "--format", "jsonl")
    assert back.exit_code == 1
    assert sorted(row["state"] for row in rows(back.stdout)) == ["changed", "changed", "conflict"]
    told = "category was 2, is wanted 1, and is 5 now"
    assert f"changed by somebody else: {told}" in Path("failed.csv").read_text()
    assert told in back.stderr
    assert "--overwrite" not in back.stderr
    after = snapshot(server)
    assert {number for number in before if before[number] != after[number]} == {2}


def test_a_finished_job_done_again_sends_nothing(server: Emulator, user: Cli) -> None:
    table = [{"uuid": video(server, n).uuid, "name": f"Film {n}"} for n in range(1, 7)]
    write_csv(table)
    assert user("apply", "in.csv").exit_code == 0
    assert puts(server) == 6
    for again in (["apply", "in.csv"], ["apply", "in.csv", "--resume"]):
        assert user(*again).exit_code == 0
    assert puts(server) == 6


def test_requests_are_as_few_as_they_can_be(server: Emulator, user: Cli) -> None:
    table = [{"uuid": video(server, n).uuid, "language": "nl"} for n in range(1, 13)]
    for n in range(1, 13):
        video(server, n).language = "nl" if n > 4 else None
    write_csv(table)
    assert user("apply", "in.csv").exit_code == 0
    routes = server.statistics().by_route
    # The list's total and its page tell enough, and only what differs is sent.
    assert (routes["GET /users/me/videos"], routes.get("GET /videos/{id}", 0), puts(server)) == (2, 0, 4)
    assert sum(routes.values()) <= 12


def test_few_videos_are_asked_for_by_themselves(server: Emulator, user: Cli) -> None:
    write_csv([{"url": f"{server.url}/videos/watch/{video(server, 1).uuid}", "language": "Dutch"}])
    assert user("apply", "in.csv").exit_code == 0
    assert server.statistics().by_route.get("GET /users/me/videos", 0) == 0
    assert video(server, 1).language == "nl"


def test_a_dry_run_goes_the_same_way_and_sends_no_change(server: Emulator, user: Cli, state: Path) -> None:
    write_csv([{"id": "1", "name": "Film"}, {"id": "99", "name": "Film"}])
    result = user("apply", "in.csv", "--dry-run", "--format", "jsonl")
    assert result.exit_code == 1
    assert [row["state"] for row in rows(result.stdout)] == ["planned", "failed"]
    assert puts(server) == 0
    assert list(state.glob("*")) == []


def test_every_complaint_is_told_and_nothing_is_sent(server: Emulator, user: Cli, state: Path) -> None:
    write_csv([
        {"uuid": "x", "name": "Film", "nmae": ""},
        {"uuid": video(server, 1).uuid, "name": "ab", "nmae": ""},
        {"uuid": video(server, 2).uuid, "name": "Film", "nmae": ""},
        {"uuid": video(server, 2).uuid, "name": "Other", "nmae": ""},
    ])  # fmt: skip
    first = user("apply", "in.csv")
    assert first.exit_code == 2
    assert "in.csv, line 1, column nmae: no such field; did you mean 'name'?" in first.stderr
    result = user("apply", "in.csv", "--ignore", "nmae")
    assert result.exit_code == 2
    for told in (
        "line 2, column uuid",
        "line 3, column name",
        "line 5: contradicts line 4",
        "3 problems in the input",
    ):
        assert told in result.stderr
    assert puts(server) == 0
    assert list(state.glob("*")) == []


def test_options_are_environment_variables_too(server: Emulator, user: Cli) -> None:
    write_csv([{"id": str(n), "name": f"Film {n}"} for n in range(1, 6)])
    result = user("apply", "in.csv", AIOPEERTUBE_APPLY_MAX_CHANGES="4")
    assert (result.exit_code, puts(server)) == (2, 0)


def test_a_plan_too_large_is_refused(server: Emulator, user: Cli, state: Path) -> None:
    write_csv([{"id": str(n), "name": f"Film {n}"} for n in range(1, 6)])
    result = user("apply", "in.csv", "--max-changes", "4")
    assert result.exit_code == 2
    assert "5 videos would change, more than 4" in result.stderr
    assert puts(server) == 0
    assert list(state.glob("*")) == []
    assert user("apply", "in.csv", "--max-changes", "5").exit_code == 0


def test_what_is_not_ones_own_is_told_before(server: Emulator, cli: Cli) -> None:
    server.store.add_user("other", "secret123", 2)
    cli("login", "--url", server.url, "--username", "other", "--password", "secret123")
    write_csv([{"id": "1", "name": "Film"}])
    result = cli("plan", "in.csv")
    assert result.exit_code == 1
    assert "not yours to edit: it belongs to nisv" in result.stderr


def test_failed_rows_come_as_they_were_and_can_be_fed_back(server: Emulator, user: Cli) -> None:
    server.faults.add(Fault("5xx", method="PUT", path=f"/videos/{video(server, 2).uuid}"))
    Path("in.csv").write_text('id|name|key\n1|Film één|a\n2|"Film | twee"|b\n99|Film|c\n', encoding="utf-8")
    result = user("apply", "in.csv", "--format", "jsonl")
    assert result.exit_code == 1
    outcomes = {row["key"]: row for row in rows(result.stdout)}
    assert outcomes["a"]["state"] == "changed"
    assert (outcomes["b"]["state"], outcomes["b"]["again"], outcomes["b"]["line"]) == ("failed", True, 3)
    failed = read_csv("in.failed.csv")
    assert [(row["id"], row["name"], row["key"]) for row in failed] == [
        ("2", "Film | twee", "b"),
        ("99", "Film", "c"),
    ]
    assert "answered 503" in failed[0]["reason"]
    assert "no such video" in failed[1]["reason"]
    server.faults.clear()
    again = user("apply", "in.failed.csv", "--format", "jsonl")
    assert [(row["state"], row["key"]) for row in rows(again.stdout)] == [("failed", "c"), ("changed", "b")]
    assert "failed: line 3, 99: there is no such video" in again.stderr
    assert video(server, 2).name == "Film | twee"


def test_resume_failed_tries_again_what_failed(server: Emulator, user: Cli) -> None:
    server.faults.add(Fault("5xx", method="PUT"))
    write_csv([{"id": "1", "name": "Film"}])
    assert user("apply", "in.csv").exit_code == 1
    assert user("apply", "in.csv", "--resume").exit_code == 1
    server.faults.clear()
    assert user("apply", "in.csv", "--resume-failed").exit_code == 0
    assert video(server, 1).name == "Film"


def test_expect_leaves_what_somebody_changed_since_the_plan(server: Emulator, user: Cli) -> None:
    write_csv([{"id": str(n), "name": f"Film {n}"} for n in (1, 2, 3)])
    assert user("plan", "in.csv", "-o", "plan.jsonl").exit_code == 0
    video(server, 2).name = "Somebody else's"
    video(server, 3).name = "Film 3"
    result = user("apply", "plan.jsonl", "--expect", "--format", "jsonl")
    assert result.exit_code == 1
    states = {row["video"]: row["state"] for row in rows(result.stdout)}
    assert [states[video(server, n).uuid] for n in (1, 2, 3)] == ["changed", "conflict", "unchanged"]
    assert video(server, 2).name == "Somebody else's"


def test_halt_stops_and_resume_goes_on(server: Emulator, user: Cli) -> None:
    server.faults.add(Fault("5xx", method="PUT", status=501))
    write_csv([{"id": str(n), "name": f"Film {n}"} for n in range(1, 13)])
    result = user("apply", "in.csv", "--halt", "fail=2", "--concurrency", "1")
    assert result.exit_code == 75
    server.faults.clear()
    assert user("apply", "in.csv", "--resume-failed").exit_code == 0
    assert [video(server, n).name for n in range(1, 13)] == [f"Film {n}" for n in range(1, 13)]


def test_plans_and_journals_of_others_are_refused(server: Emulator, user: Cli, cli: Cli) -> None:
    write_csv([{"id": "1", "name": "Film"}])
    assert user("plan", "in.csv", "-o", "plan.jsonl").exit_code == 0
    assert user("apply", "in.csv", "--journal", "job.journal").exit_code == 0
    text = Path("plan.jsonl").read_text()
    Path("cut.jsonl").write_text("".join(text.splitlines(keepends=True)[:-1]))
    Path("other.jsonl").write_text(text.replace(server.url, "https://other.example", 1))
    cut = user("apply", "cut.jsonl")
    assert (cut.exit_code, "its end is missing" in cut.stderr) == (2, True)
    other = user("apply", "other.jsonl")
    assert (other.exit_code, "made for another instance" in other.stderr) == (2, True)
    assert cli("login", "--url", server.url, **ADMIN).exit_code == 0
    theirs = cli("apply", "in.csv", "--journal", "job.journal", "--resume")
    assert (theirs.exit_code, "of another user" in theirs.stderr) == (2, True)
    assert cli("verify", "job.journal").exit_code == 2
    Path("broken.journal").write_bytes(b"nothing")
    broken = cli("verify", "broken.journal")
    assert (broken.exit_code, "damaged" in broken.stderr) == (2, True)
    again = cli("apply", "in.csv", "--journal", "job.journal")
    assert (again.exit_code, "--resume" in again.stderr) == (2, True)


def test_set_changes_a_scope_in_one_line(server: Emulator, admin: Cli) -> None:
    for n in range(1, 13):
        video(server, n).download_enabled = n > 5
    refused = admin("set", "downloadEnabled=true")
    assert (refused.exit_code, "--yes" in refused.stderr) == (2, True)
    shown = admin("set", "--channel", "nisv_channel", "downloadEnabled=true", "--dry-run", "--format", "text")
    assert "5 x downloadEnabled: false -> true" in shown.stderr
    assert puts(server) == 0
    assert admin("set", "--channel", "nisv_channel", "downloadEnabled=true", "--yes").exit_code == 0
    assert puts(server) == 5
    assert all(video(server, n).download_enabled for n in range(1, 13))


def test_set_by_conditions_replacements_tags_and_a_function(server: Emulator, user: Cli) -> None:
    Path("rules.py").write_text("def f(video):\n    return {'support': 'Seen ' + video['name'][:3]}\n")
    for n in range(1, 13):
        video(server, n).language = "nl" if n in (3, 4) else "en"
    video(server, 3).name, video(server, 4).name = "Oude film", "Iets anders"
    result = user(
        "set", "--where", "language=nl", "--replace", "name/Oude/Nieuwe", "--add-tag", "nieuw",
        "--function", "rules:f", "--yes",
    )  # fmt: skip
    assert result.exit_code == 0
    assert [(video(server, n).name, video(server, n).support) for n in (3, 4)] == [
        ("Nieuwe film", "Seen Oud"), ("Iets anders", "Seen Iet"),
    ]  # fmt: skip
    assert all("nieuw" in video(server, n).tags for n in (3, 4))
    assert puts(server) == 2


@pytest.mark.parametrize(("arguments", "why"), [
    ([], "Nothing to do"), (["colour=red"], "no field 'colour'"), (["name="], "cannot be cleared"),
    (["language=xx"], "no language"), (["nsfw=true", "--where", "nonsense"], "not a condition"),
    (["--function", "no_such_module:f"], "cannot load"), (["--replace", "category/a/b"], "does not begin"),
])  # fmt: skip
def test_rules_that_are_none(server: Emulator, user: Cli, arguments: list[str], why: str) -> None:
    result = user("set", *arguments, "--yes")
    assert (result.exit_code, why in result.stderr) == (2, True)


def test_rows_by_stdin_and_by_a_table_without_header(server: Emulator, user: Cli) -> None:
    result = user("apply", "-", "--columns", "id,-,name", "--delimiter", "|", input="1|x|Een\n2|y|Twee\n")
    assert result.exit_code == 0
    assert [video(server, n).name for n in (1, 2)] == ["Een", "Twee"]


def test_the_archives_own_way_of_rows(server: Emulator, user: Cli) -> None:
    """Title, tags and two texts, longer than the server takes; a licence by its address."""
    tags = ";".join(["geology", "x", "geology", "Space exploration", *(f"tag {n}" for n in range(9))])
    Path("in.csv").write_text(f'{video(server, 1).uuid}|"{"T" * 130}"|"{tags}"|"Text"|"Short"|1960-01-01|'
                              "https://creativecommons.org/licenses/by-sa/3.0/nl/\n")  # fmt: skip
    columns = "uuid,name,tags,text,abstract,originallyPublishedAt,licence"
    compose = r"description={text}\n\n{abstract}"
    ways = ["--columns", columns, "--compose", compose, "--ignore", "text", "--ignore", "abstract"]
    assert user("plan", "in.csv", *ways).exit_code == 2
    assert user("apply", "in.csv", *ways, "--fit").exit_code == 0
    one = video(server, 1)
    assert (one.name, one.description, one.licence) == ("T" * 120, "Text\n\nShort", 2)
    assert set(one.tags) == {"geology", "Space exploration", "tag 0", "tag 1", "tag 2"}


def test_captions_are_looked_at_before_the_first_is_sent(server: Emulator, user: Cli) -> None:
    Path("good.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHallo\n")
    Path("good.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nHallo\n")
    Path("bad.srt").write_text("<html>404</html>")
    uuid = video(server, 1).uuid
    Path("in.csv").write_text(f"{uuid}|good.srt\n{uuid}|bad.srt\n{uuid}|none.srt\n")
    ways = ["in.csv", "--columns", "uuid,file", "--delimiter", "|", "--language", "nl"]
    result = user("captions", *ways)
    assert result.exit_code == 2
    for told in ("line 2, column file: bad.srt has no line like", "line 3, column file: cannot read"):
        assert told in result.stderr
    assert server.store.captions == {}
    Path("in.csv").write_text(f"uuid,file,language\n{uuid},good.srt,nl\n{uuid},good.vtt,en\n")
    assert user("captions", "in.csv").exit_code == 0
    assert set(server.store.captions[1]) == {"nl", "en"}
    assert "2 stand as written" in user("verify", "last").stderr
    del server.store.captions[1]["nl"]
    assert user("verify", "last").exit_code == 1
    assert user("rollback", "last").exit_code == 2


def test_captions_that_the_server_does_not_keep_are_put_again(home: Path, cli: Cli) -> None:
    Path("c.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHallo\n")
    with Emulator.in_thread(videos=250, rate_limit=None, login_limit=None, write_seconds=0.005) as server:
        assert cli("login", "--url", server.url, **USER).exit_code == 0
        write_csv([{"id": str(n), "file": "c.srt", "language": "nl"} for n in range(1, 251)])
        assert cli("captions", "in.csv", "--concurrency", "16").exit_code == 0
        assert server.statistics().serialization_failures > 0
        assert [set(server.store.captions[n]) for n in range(1, 251)] == [{"nl"}] * 250
        assert "250 stand as written" in cli("verify", "last").stderr


def test_thumbnails_from_a_table(server: Emulator, user: Cli) -> None:
    Path("one.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    Path("fake.jpg").write_bytes(b"GIF89a")
    write_csv([{"id": "1", "file": "fake.jpg"}])
    assert user("thumbnails", "in.csv").exit_code == 2
    write_csv([{"id": "1", "file": "one.png"}])
    assert user("thumbnails", "in.csv").exit_code == 0
    assert video(server, 1).thumbnail is not None


def test_deletes_ask_and_keep_the_metadata(server: Emulator, user: Cli) -> None:
    write_csv([{"id": "1"}, {"id": "2"}, {"id": "99"}])
    name = video(server, 1).name
    asked = user("delete", "in.csv")
    assert (asked.exit_code, "--yes" in asked.stderr, len(server.store.videos)) == (2, True, 12)
    assert user("delete", "in.csv", "--yes").exit_code == 1
    assert set(server.store.videos) == set(range(3, 13))
    outcomes = rows(user("jobs", "export", "last", "--format", "jsonl").stdout)
    assert [row["state"] for row in outcomes] == ["changed", "changed", "failed"]
    assert outcomes[0]["name"] == name


def test_a_deletion_that_goes_on_asks_where_something_is_left(server: Emulator, user: Cli) -> None:
    write_csv([{"id": "1"}, {"id": "2"}])
    assert user("delete", "in.csv", "--yes", "--first", "1").exit_code == 0
    left = user("delete", "in.csv", "--resume")
    assert (left.exit_code, len(server.store.videos)) == (2, 11)
    assert "nobody can be asked: Delete 1 video" in left.stderr
    assert user("delete", "in.csv", "--resume", "--yes").exit_code == 0
    done = user("delete", "in.csv", "--resume")
    assert (done.exit_code, "nothing was left to do" in done.stderr) == (0, True)


def test_jobs_are_listed_shown_and_mapped(server: Emulator, user: Cli) -> None:
    write_csv([{"key": "oai:1", "id": "1", "name": "Film"}, {"key": "oai 2", "id": "2", "name": "Film"}])
    assert user("apply", "in.csv").exit_code == 0
    (job,) = rows(user("jobs", "list", "--format", "jsonl").stdout)
    assert (job["kind"], job["user"], job["changed"], job["open"]) == ("update", "nisv", 2, 0)
    assert json.loads(user("jobs", "show", job["job"], "--format", "json").stdout)["changed"] == 2
    one, two = video(server, 1).uuid, video(server, 2).uuid
    assert user("jobs", "map", "last").stdout.splitlines()[1] == f"oai:1,{one},{server.url}/w/{one}"
    nginx = user("jobs", "map", "last", "--format", "nginx", "--prefix", "/media/").stdout
    assert nginx == f'"/media/oai:1" {server.url}/w/{one};\n"/media/oai 2" {server.url}/w/{two};\n'
    apache = user("jobs", "map", "last", "--format", "apache")
    assert apache.stdout == f"oai:1 {server.url}/w/{one}\n"
    assert "left out" in apache.stderr
    assert user("jobs", "show", "nothing").exit_code == 2


def test_administrators_of_8_need_no_details_for_tags(home: Path, cli: Cli) -> None:
    with Emulator.in_thread(videos=5, rate_limit=None, login_limit=None, server_version="8.2") as server:
        assert cli("login", "--url", server.url, **ADMIN).exit_code == 0
        assert cli("export", "in.csv", "--fields", "uuid,name,tags").exit_code == 0
        assert [row["tags"] for row in read_csv("in.csv")] == [
            "; ".join(sorted(video(server, n).tags)) for n in range(1, 6)
        ]
        write_csv([row | {"tags": "nieuw"} for row in read_csv("in.csv")])
        assert cli("apply", "in.csv").exit_code == 0
        assert [video(server, n).tags for n in range(1, 6)] == [("nieuw",)] * 5
        assert server.statistics().by_route.get("GET /videos/{id}", 0) == 0


def test_an_xlsx_of_ones_own(server: Emulator, user: Cli) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["id", "name", "originallyPublishedAt"])
    sheet.append([1, "Film", "1939"])
    sheet.append([2, "=A1", "1939"])
    book.save("in.xlsx")
    result = user("apply", "in.xlsx")
    assert result.exit_code == 2
    assert "in.xlsx, line 3, column name: a formula" in result.stderr


def wrote_or_ended(server: Emulator, goal: int, run: subprocess.Popen[bytes]) -> bool:
    return puts(server) >= goal or run.poll() is not None


@pytest.mark.parametrize(("arguments", "told"), [
    (("--columns", "id,id"), "--columns: id is there twice"), (("--sheet", "x"), "--sheet means nothing for CSV"),
    (("--encoding", "klingon"), "--encoding klingon: there is no such"), (("--delimiter", "||"), "--delimiter '||'"),
    (("--halt", "no"), "--halt: 'no' is not a number"), (("--dry-run", "--resume"), "--dry-run: it keeps no journal"),
    (("--max-changes", "0"), "1 video would change, more than 0; see --max-changes"),
    (("--compose", "support={nope}"), "not there: 'nope'; see --compose"),
    (("--resume", "--journal", "none.journal"), "to resume; see --journal"),
])  # fmt: skip
def test_options_have_dashes_here(server: Emulator, user: Cli, arguments: tuple[str, ...], told: str) -> None:
    write_csv([{"id": "1", "name": "Film"}])
    result = user("apply", "in.csv", *arguments)
    assert (result.exit_code, told in result.stderr) == (2, True)
    assert puts(server) == 0


def test_hints_about_options_have_dashes_here(server: Emulator, user: Cli) -> None:
    Path("in.csv").write_bytes(b"id,name\n1,caf\xe9\n")
    assert "not UTF-8; the encoding is another, like cp1252; see --encoding" in user("apply", "in.csv").stderr
    assert user("apply", "in.csv", "--encoding", "cp1252").exit_code == 0
    Path("zip.csv").write_bytes(b"PK\x03\x04")
    assert "see --input-format" in user("plan", "zip.csv").stderr
    assert "see --overwrite" in user("export", "in.csv").stderr
    Path("c.csv").write_text("id,file\n1,none.srt\n")
    assert "see --language" in user("captions", "c.csv").stderr


@pytest.mark.parametrize("uvloop", [True, False])
def test_ctrl_c_finishes_what_is_in_flight(begin: Begin, cli: Cli, uvloop: bool) -> None:
    with Emulator.in_thread(videos=80, rate_limit=None, login_limit=None, write_seconds=0.02) as server:
        assert cli("login", "--url", server.url, **USER).exit_code == 0
        write_csv([{"id": str(n), "name": f"Film {n}"} for n in range(1, 81)])
        process = begin("apply", "in.csv", "--format", "jsonl", uvloop=uvloop)
        wait_until(lambda: puts(server) >= 5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        edited = sum(video.name.startswith("Film ") for video in server.store.videos.values())
        assert (process.returncode, "Traceback" in err) == (130, False)
        assert "requests in flight will finish" in err
        assert "error: interrupted; --resume goes on" in err
        # What was given up just as it was sent is in doubt, and told by the next run.
        told = [row["state"] for row in rows(out)]
        assert (set(told), len(told) <= edited < 80) == ({"changed"}, True)
        assert cli("apply", "in.csv", "--resume").exit_code == 0
        assert set(server.statistics().edits.values()) == {1}


FAULTS: tuple[FaultKind, ...] = ("429", "5xx", "5xx-after", "reset", "reset-after", "stall", "truncated", "garbage")


def test_every_good_row_is_applied_through_faults_of_every_kind(home: Path, cli: Cli) -> None:
    with Emulator.in_thread(videos=150, rate_limit=None, login_limit=None, seed=3) as server:
        assert cli("login", "--url", server.url, **USER).exit_code == 0
        for kind in FAULTS:
            server.faults.add(Fault(kind, probability=0.1 / len(FAULTS), seconds=0.0 if kind != "stall" else 3.0))
        table = [{"id": str(n), "name": f"Film {n}", "tags": f"tag {n}"} for n in range(1, 151)]
        table += [{"id": str(900 + n), "name": "Film", "tags": ""} for n in range(5)]
        write_csv(table)
        result = cli("apply", "in.csv", "--format", "jsonl", "--timeout", "1", "--patience", "60")
        assert result.exit_code == 1, result.output
        assert [video(server, n).name for n in range(1, 151)] == [f"Film {n}" for n in range(1, 151)]
        assert [row["reason"] for row in read_csv("in.failed.csv")] == [
            "there is no such video, or it is hidden from this user"
        ] * 5
        assert set(server.statistics().faults) == set(FAULTS)


def test_a_run_that_is_killed_again_and_again_writes_each_video_once(home: Path, cli: Cli, state: Path) -> None:
    """What was in flight at a kill is in doubt, and a few that were marked beside it; no other is written twice."""
    chance, kills, count, in_flight, in_doubt = random.Random(5), 0, 250, 4, 0
    with Emulator.in_thread(videos=count, rate_limit=None, login_limit=None, write_seconds=0.004) as server:
        assert cli("login", "--url", server.url, **USER).exit_code == 0
        table = [{"uuid": video(server, n).uuid, "name": f"Film {n}"} for n in range(1, count + 1)]
        while kills < 6:
            chance.shuffle(table)
            write_csv(table)
            done = puts(server)
            resume = ["--resume"] if kills else []
            run = subprocess.Popen(
                command("apply", "in.csv", "--quiet", "--concurrency", str(in_flight), *resume),
                stdout=subprocess.DEVNULL,
                env=dict(os.environ),
            )
            goal = done + chance.randint(1, 30)
            wait_until(partial(wrote_or_ended, server, goal, run))
            run.send_signal(signal.SIGKILL)
            run.wait()
            kills += 1
            (job,) = rows(cli("jobs", "list", "--format", "jsonl").stdout)
            assert job["changed"] <= puts(server)
            marked = rows(cli("jobs", "export", "last", "--state", "sending", "--format", "jsonl").stdout)
            assert len(marked) <= in_flight + 8
            in_doubt += len(marked)
        assert cli("apply", "in.csv", "--resume").exit_code == 0
        assert [video(server, n).name for n in range(1, count + 1)] == [f"Film {n}" for n in range(1, count + 1)]
        assert in_doubt > 0
        assert sum(edits - 1 for edits in server.statistics().edits.values()) <= in_doubt
        assert len(list(state.glob("*.journal"))) == 1


def test_what_is_said_of_a_stopped_job_is_true(server: Emulator, user: Cli) -> None:
    write_csv([{"uuid": video(server, n).uuid, "name": f"Film {n}"} for n in range(1, 13)])
    stopped = user("apply", "in.csv", "--max-duration", "0.0001s")
    assert (stopped.exit_code, "--resume" in stopped.stderr, "journal:" in stopped.stderr) == (75, False, False)
    assert "nothing was sent; run it once more" in stopped.stderr
    slow = Fault("stall", method="PUT", seconds=1.0)
    stops = ("--max-duration", "0.7s", "--concurrency", "1")  # after the first, also where the machine is busy
    server.faults.add(slow)
    assert "--resume goes on" in user("apply", "in.csv", *stops).stderr
    verified = user("verify", "last")
    assert (verified.exit_code, "were not done by this job" in verified.stderr) == (1, True)
    server.faults.clear()
    assert user("apply", "in.csv", "--resume").exit_code == 0
    server.faults.add(slow)
    assert "--resume goes on" in user("rollback", "last", *stops).stderr
    again = user("rollback", "last")
    assert (again.exit_code, "has not come to its end" in again.stderr) == (2, True)
    server.faults.clear()
    assert user("rollback", "last", "--resume").exit_code == 0
    assert not any(video(server, n).name.startswith("Film") for n in range(1, 13))
