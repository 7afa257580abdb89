"""The journal of an instance: whatever a kill or a power cut leaves, no video is lost, and none is there twice."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aiopeertube._pagination import Position
from aiopeertube.errors import ConfigurationError
from aiopeertube.fleet.addresses import Instance
from aiopeertube.fleet.merging_pages import Format
from aiopeertube.fleet.page_log import Keeping, PageLog, open_log, write_summary
from aiopeertube.fleet.records import Page, Record
from aiopeertube.fleet.stores import Folder, Objects, Store, store_at, write

ORIGIN = "https://videos.example:8443"


@pytest.fixture(params=["folder", "objects"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return store_at(tmp_path / "crawl")
    return store_at(f"memory://{tmp_path.name}-{id(request)}")


def page(number: int, *ids: int) -> Page:
    lines = b"".join(json.dumps({"instance": ORIGIN, "id": one, "name": "\u2028"}).encode() + b"\n" for one in ids)
    return Page(Instance(ORIGIN), number, Position(100 * (number + 1), 300), len(ids), lines)


def log(store: Store, format: Format | None = "jsonl", *, retry: bool = False) -> PageLog:
    return Keeping(store, format, retry).log(ORIGIN)


def ids(store: Store, path: str = "videos/videos.example_8443.jsonl") -> list[int]:
    return [json.loads(line)["id"] for line in (store.read(path) or b"").splitlines()]


def test_a_visit_goes_on_where_the_pages_end(store: Store) -> None:
    first = log(store).begin()
    assert (first.record, first.again, first.position, first.pages) == (None, False, Position(), 0)
    for number, kept in enumerate([(3, 2), (1,)]):
        log(store).add(page(number, *kept))
    begun = log(store).begin()
    assert (begun.record, begun.again, begun.position, begun.pages) == (None, True, Position(200, 300), 2)
    assert [begun.given.add(one) for one in (1, 2, 3, 4)] == [False, False, False, True]
    assert [one.lines for one in log(store).pages()] == [page(0, 3, 2).lines, page(1, 1).lines]


def test_at_its_end_an_instance_is_one_file_and_a_record(store: Store) -> None:
    log(store).begin()
    log(store).add(page(0, 3, 2))
    log(store).add(page(1, 1))
    record = Record(ORIGIN, "done", videos=3, total=3, pages=2)
    log(store).finish(record)
    assert ids(store) == [3, 2, 1]
    assert store.names("pages/videos.example_8443") == []
    assert log(store).begin().record == record


def test_a_kill_before_the_record_leads_to_the_same_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    log(store).begin()
    log(store).add(page(0, 2, 1))

    def killed(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("aiopeertube.fleet.page_log.write", killed)
        log(store).finish(Record(ORIGIN, "done"))
    assert ids(store) == [2, 1]
    begun = log(store).begin()
    assert (begun.record, begun.pages) == (None, 1)
    log(store).finish(Record(ORIGIN, "done", videos=2))
    assert ids(store) == [2, 1]


def test_a_kill_after_the_record_leaves_no_pages_for_ever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    log(store).begin()
    log(store).add(page(0, 2, 1))
    with monkeypatch.context() as patch:
        patch.setattr(store, "remove", lambda folder: None)
        log(store).finish(Record(ORIGIN, "done"))
    left = PageLog(store, "https://away.example", "jsonl")
    left.add(page(0, 5))
    left.finish(Record("https://away.example", "away"))
    record = log(store).begin().record
    assert record is not None
    write_summary(store, [record])
    assert (store.names("pages"), ids(store)) == (["away.example"], [2, 1])


def torn(data: bytes) -> bytes:
    return data[: len(data) // 2]


def emptied(data: bytes) -> bytes:
    return b""


def lines_lost(data: bytes) -> bytes:
    return b"\n".join(data.split(b"\n")[:-2]) + b"\n"


def nonsense(data: bytes) -> bytes:
    return b'["reached"]\n'


@pytest.mark.parametrize("damage", [torn, emptied, lines_lost, nonsense])
def test_a_page_that_is_not_whole_is_read_again_with_all_after_it(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    store = Folder(tmp_path)
    for number in range(4):
        log(store).add(page(number, number))
    damaged = tmp_path / "pages" / "videos.example_8443" / "000002.jsonl"
    damaged.write_bytes(damage(damaged.read_bytes()))
    begun = log(store).begin()
    assert (begun.pages, begun.position) == (2, Position(200, 300))
    log(store).add(page(2, 2))
    log(store).finish(Record(ORIGIN, "away"))
    assert ids(store) == [0, 1, 2]


@pytest.mark.parametrize("left", [b"", b'{"origin": "https', b"[]", b'{"origin": "https://x.example", "state": "x"}'])
def test_a_record_that_is_not_whole_is_a_visit_that_began(store: Store, left: bytes) -> None:
    log(store).add(page(0, 1))
    write(store, "origins/videos.example_8443.json", left)
    begun = log(store).begin()
    assert (begun.record, begun.pages) == (None, 1)


@pytest.mark.parametrize("left", [b"", b'{"format": "js', b"[1]"])
def test_what_a_crawl_asked_is_not_guessed(store: Store, left: bytes) -> None:
    write(store, "crawl.json", left)
    with pytest.raises(ConfigurationError, match=r"crawl\.json is damaged"):
        open_log(store, {"format": "jsonl"}, resume=True)


def test_no_two_instances_share_a_file_and_every_name_fits(tmp_path: Path) -> None:
    long = ".".join(["a" * 62] * 3)
    hosts = ["a.example:90", "a.example_90", "a.example", "[::1]:90", "[::190]", f"{long}.a:90", f"{long}.b:90"]
    for number, host in enumerate(hosts):
        instance = PageLog(Folder(tmp_path), f"https://{host}", "jsonl")
        instance.add(page(0, number))
        instance.finish(Record(f"https://{host}", "done"))
    found = sorted(json.loads(file.read_text())["id"] for file in (tmp_path / "videos").iterdir())
    assert found == list(range(len(hosts)))


def test_a_missing_page_ends_what_is_whole(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    for number in (0, 2):
        log(store).add(page(number, number))
    assert log(store).begin().pages == 1


def test_what_was_half_written_beside_is_no_page(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    log(store).add(page(0, 1))
    (tmp_path / "pages" / "videos.example_8443" / ".000001.jsonl.part").write_bytes(b"x")
    assert log(store).begin().pages == 1


@pytest.mark.parametrize(("state", "again"), [("away", True), ("odd", True), ("bounded", True), ("forbidden", False)])
def test_what_failed_keeps_its_pages_and_goes_on_where_that_is_wanted(store: Store, state: str, again: bool) -> None:
    record = Record(ORIGIN, state)  # type: ignore[arg-type]
    log(store).add(page(0, 5))
    log(store).finish(record)
    assert ids(store) == [5]
    assert log(store).begin().record == record
    begun = log(store, retry=True).begin()
    assert (begun.record, begun.pages) == ((None, 1) if again else (record, 0))


def test_a_crawl_goes_on_with_its_own_alone(store: Store) -> None:
    head = {"format": "jsonl", "filters": {"isLocal": True}}
    open_log(store, head, resume=False)
    open_log(store, dict(head), resume=True)
    with pytest.raises(ConfigurationError, match="already") as caught:
        open_log(store, head, resume=False)
    assert caught.value.option == "resume"
    with pytest.raises(ConfigurationError, match="format: 'jsonl'"):
        open_log(store, head | {"format": "parquet"}, resume=True)


def test_a_full_disk_is_told_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*crawl\.json'"):
        write(Folder(tmp_path), "crawl.json", b"{}", lasting=True)
    assert not (tmp_path / "crawl.json").exists()


def test_what_a_kind_of_store_raises_is_an_error_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoCredentials(Exception):
        pass

    store = store_at("memory://refusing")
    assert isinstance(store, Objects)

    def refuse(*args: object, **options: object) -> None:
        raise NoCredentials("unable to locate any")

    for name in ("cat_file", "ls", "rm", "open"):
        monkeypatch.setattr(store._fs, name, refuse)
    for do in (
        lambda: store.read("x"), lambda: store.names("x"), lambda: store.remove("x"), lambda: write(store, "x", b""),
    ):  # fmt: skip
        with pytest.raises(OSError, match=r"NoCredentials: unable to locate any: 'memory://refusing'"):
            do()


def test_addresses_of_stores(tmp_path: Path) -> None:
    for kind in ("file", "local"):
        assert isinstance(found := store_at(f"{kind}://{tmp_path}"), Folder)
        assert found.url == str(tmp_path)
    assert isinstance(store_at("memory://x"), Objects)
    with pytest.raises(ConfigurationError, match="nosuch://"):
        store_at("nosuch://x")
    for secret in ("ftp://user:secret@x/y", "https://x/y?signature=secret"):
        with pytest.raises(ConfigurationError, match="credentials") as caught:
            store_at(secret)
        assert "secret" not in str(caught.value)
