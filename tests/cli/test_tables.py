"""Tables on the command line: what helps to read those that people make, and what is said about them."""

import os
from pathlib import Path

import pytest
import workbooks
from workbooks import Sheet, shared

from aiopeertube.emulator import Emulator

from .conftest import Cli, video


@pytest.fixture(autouse=True)
def state(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


def table(text: str, name: str = "in.csv", encoding: str = "utf-8") -> str:
    Path(name).write_bytes(text.encode(encoding))
    return name


def test_a_byte_order_mark_on_request(user: Cli, server: Emulator) -> None:
    video(server, 1).name = "Café Zuiderzee"
    assert user("export", "plain.csv", "--mine").exit_code == 0
    assert user("export", "marked.csv", "--mine", "--bom").exit_code == 0
    assert Path("marked.csv").read_bytes() == b"\xef\xbb\xbf" + Path("plain.csv").read_bytes()
    assert "0 videos would change" in user("plan", "marked.csv").stderr
    refused = user("export", "out.xlsx", "--mine", "--bom")
    assert (refused.exit_code, "--bom means nothing for XLSX" in refused.stderr) == (2, True)


def test_cells_that_were_decoded_twice_are_told(user: Cli, server: Emulator) -> None:
    video(server, 1).name = "Café \u2013 1934"
    assert user("export", "out.csv", "--mine", "--fields", "name").exit_code == 0
    table(Path("out.csv").read_text(encoding="cp1252"), "again.csv", "utf-8-sig")
    told = user("plan", "again.csv").stderr
    assert (
        "again.csv: 1 cell looks as if UTF-8 had been read as Windows-1252, first line 2, column name: 'CafÃ©" in told
    )


def test_what_a_spreadsheet_would_run_comes_back_unchanged(user: Cli, server: Emulator) -> None:
    texts = ["=cmd|' /C calc'!A0", "+31 20 123", "-- untitled", "@archive", "#NAME?", '="007"', "'=1+1", "1.23E+15"]
    for number, text in enumerate(texts, 1):
        video(server, number).name = text
    for name in ("out.csv", "out.tsv", "out.jsonl", "out.xlsx"):
        assert user("export", name, "--mine").exit_code == 0
        assert "0 videos would change" in user("plan", name).stderr
    assert "'=cmd|' /C calc'!A0" in Path("out.csv").read_text(encoding="utf-8")


def test_a_title_above_the_header(user: Cli, server: Emulator) -> None:
    uuid = video(server, 1).uuid
    name = table(f"My films;\n;\nuuid;name\n{uuid};Harbour\n")
    refused = user("plan", name)
    assert refused.exit_code == 2
    assert (
        "in.csv, line 1, column My films: no such field, nor any other: is that the header?; see --header-row"
        in refused.stderr
    )
    assert "1 video would change" in user("plan", name, "--header-row", "3").stderr


def test_dates_that_may_be_two_are_asked_for(user: Cli, server: Emulator) -> None:
    name = table(f"uuid,originallyPublishedAt\n{video(server, 1).uuid},4/5/1939\n")
    refused = user("plan", name)
    assert refused.exit_code == 2
    assert "column originallyPublishedAt: '4/5/1939' may be the 4. of month 5 or the other way" in refused.stderr
    assert "see --date-order" in refused.stderr
    for order, due in (("day", "1939-05-04"), ("month", "1939-04-05")):
        assert f"-> {due}" in user("plan", name, "--date-order", order).stdout


def test_what_is_hidden_in_a_workbook_is_said_also_where_it_is_refused(user: Cli, server: Emulator) -> None:
    rows = [[shared("uuid"), shared("name")], [shared(video(server, 1).uuid), shared("Harbour")]]
    other = Sheet({1: [shared("x")]}, {}, name="Lists", state="hidden")
    workbooks.write(Path("in.xlsx"), other, Sheet(dict(enumerate(rows, 1)), {2: 'hidden="1"'}, name="Films"))
    for found in (user("plan", "in.xlsx"), user("apply", "in.xlsx", "--dry-run")):
        assert found.exit_code == 0
        assert "in.xlsx: the sheet Films is read, and not Lists (hidden)" in found.stderr
        assert "in.xlsx: hidden rows are read like the others: 2" in found.stderr
    assert "hidden" not in user("plan", "in.xlsx", "--quiet").stderr
    rows[1][1] = workbooks.error("#REF!")
    workbooks.write(Path("in.xlsx"), Sheet(dict(enumerate(rows, 1)), {2: 'hidden="1"'}))
    refused = user("plan", "in.xlsx")
    assert refused.exit_code == 2
    assert "in.xlsx, line 2, column name: an error: #REF!" in refused.stderr


def test_a_header_in_another_encoding_names_the_option(user: Cli, server: Emulator) -> None:
    name = table(f"uuid;name;Größe\n{video(server, 1).uuid};Harbour;x\n", encoding="cp1252")
    assert "line 1: column 3: byte 0xF6 is not UTF-8; the encoding is another, like cp1252; see --encoding" in (
        user("plan", name).stderr
    )
    assert "column Größe: no such field; see --ignore" in user("plan", name, "--encoding", "cp1252").stderr
    assert "1 video would change" in user("plan", name, "--encoding", "cp1252", "--ignore", "Größe").stderr


@pytest.mark.skipif(os.name == "nt", reason="names are characters there")
def test_folders_tables_and_files_whose_names_are_no_utf8(user: Cli, server: Emulator) -> None:
    folder = os.fsdecode(b"m\xe9dia")
    Path(folder).mkdir()
    os.chdir(folder)
    Path(os.fsdecode(b"caf\xe9.srt")).write_text("1\n00:00:01,000 --> 00:00:02,000\nhi\n")
    uuid = video(server, 1).uuid
    for number, cell in enumerate((b"caf\xe9.srt", "café.srt".encode())):  # as the disk has it, and as it is read
        name = os.fsdecode(b"t\xe9ble%d.csv" % number)
        Path(name).write_bytes(b"uuid,file,language\n%s,%s,nl\n" % (uuid.encode(), cell))
        done = user("captions", name, "--format", "jsonl")
        assert (done.exit_code, '"state":"changed"' in done.stdout) == (0, True)
