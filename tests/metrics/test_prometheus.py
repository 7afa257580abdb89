"""The text format of Prometheus, as its own parser reads it, and the file for a collector."""

import asyncio
import logging
import os
import stat
from collections.abc import Iterable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aiopeertube import PeerTube, errors
from aiopeertube.metrics import MetricsFile, text

pytestmark = pytest.mark.anyio

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def parsed(page: str) -> Samples:
    families = [*text_string_to_metric_families(page)]
    assert all(family.documentation and family.type in {"counter", "gauge", "histogram"} for family in families)
    assert len({family.name for family in families}) == len(families)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def of(samples: Samples, name: str, **labels: str) -> float:
    return samples[(name, tuple(sorted(labels.items())))]


def names(samples: Iterable[tuple[str, object]]) -> set[str]:
    return {name for name, _ in samples}


async def test_every_number_is_that_of_the_statistics(pt: PeerTube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiopeertube.stack.retry._LONGEST", 0.001)
    await pt.videos.delete(1)
    await pt.config.get()
    with pytest.raises(errors.NotPermitted):
        await pt.videos.update(2, name="Film")
    now = pt.statistics()
    found = parsed(text(now, outcomes={"changed": 3, 'odd"\n\\': 1}, instance='a"b\\c\nd'))
    labels = {"instance": 'a"b\\c\nd'}
    for status, count in now.by_status.items():
        assert of(found, "aiopeertube_attempts_total", status=str(status), **labels) == count > 0
    assert of(found, "aiopeertube_retries_total", **labels) == now.retries == 1
    assert of(found, "aiopeertube_waits_total", **labels) == now.waits
    assert of(found, "aiopeertube_waited_seconds_total", **labels) == now.waited
    assert of(found, "aiopeertube_concurrency_limit", lane="write", **labels) == now.concurrency[1].limit
    assert of(found, "aiopeertube_server_up", service="api", **labels) == 1
    assert of(found, "aiopeertube_items_total", state="changed", **labels) == 3
    assert of(found, "aiopeertube_items_total", state='odd"\n\\', **labels) == 1


async def test_buckets_rise_to_the_count_and_nothing_is_estimated(pt: PeerTube) -> None:
    now = pt.statistics()
    for seconds in (0.00001, 0.0008, 0.01, 0.01, 0.5, 3.0, 1000.0):
        now.histogram.add(seconds)
    found = parsed(text(now))
    buckets = {
        float(dict(labels)["le"]): value
        for (name, labels), value in found.items()
        if name == "aiopeertube_attempt_duration_seconds_bucket"
    }
    assert [*buckets] == sorted(buckets)
    assert [*buckets.values()] == sorted(buckets.values())
    assert (buckets[0.0128], buckets[float("inf")]) == (4, 7)
    assert buckets[0.4096] == 4
    assert buckets[0.8192] == 5
    assert of(found, "aiopeertube_attempt_duration_seconds_count") == 7
    assert of(found, "aiopeertube_attempt_duration_seconds_sum") == pytest.approx(1003.52081)


async def test_a_file_is_whole_at_any_moment_and_says_when_it_has_ended(pt: PeerTube, tmp_path: Path) -> None:
    path, outcomes = tmp_path / "peertube.prom", {"changed": 0}
    async with MetricsFile(pt, path, every=0.01, outcomes=lambda: outcomes):
        first = parsed(path.read_text())
        assert of(first, "aiopeertube_running", instance=pt.origin) == 1
        outcomes["changed"] = 5
        await pt.config.get()
        seen = first
        for _ in range(200):
            await asyncio.sleep(0.01)
            seen = parsed(path.read_text())
            if of(seen, "aiopeertube_items_total", state="changed", instance=pt.origin) == 5:
                break
        assert of(seen, "aiopeertube_attempts_total", status="200", instance=pt.origin) == 1
        await pt.config.get()
    last = parsed(path.read_text())
    assert of(last, "aiopeertube_attempts_total", status="200", instance=pt.origin) == 2
    assert of(last, "aiopeertube_running", instance=pt.origin) == 0
    name = "aiopeertube_updated_timestamp_seconds"
    assert of(last, name, instance=pt.origin) > of(first, name, instance=pt.origin) > 1e9
    assert [each.name for each in tmp_path.iterdir()] == ["peertube.prom"]
    assert "geheim" not in path.read_text()


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
async def test_a_device_or_a_pipe_stays_one(pt: PeerTube, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link", "."):
        with pytest.raises(errors.ConfigurationError, match="no plain file") as caught:
            async with MetricsFile(pt, tmp_path / name):
                pass
        assert caught.value.option == "metrics_file"
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("every", [0, -1.0, float("nan")])
async def test_a_file_is_not_written_all_the_time(pt: PeerTube, tmp_path: Path, every: float) -> None:
    with pytest.raises(errors.ConfigurationError, match="every"):
        MetricsFile(pt, tmp_path / "x.prom", every=every)


async def test_a_collector_of_another_user_can_read_it(pt: PeerTube, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        async with MetricsFile(pt, tmp_path / "x.prom"):
            assert stat.S_IMODE((tmp_path / "x.prom").stat().st_mode) == 0o644
    finally:
        os.umask(before)


async def test_a_file_that_cannot_be_written_ends_nothing_that_goes_on(
    pt: PeerTube, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"cannot write the metrics to .*nowhere") as caught:
        async with MetricsFile(pt, tmp_path / "nowhere" / "x.prom"):
            pass
    assert caught.value.option == "metrics_file"
    folder = tmp_path / "here"
    folder.mkdir()
    with caplog.at_level(logging.WARNING):
        async with MetricsFile(pt, folder / "x.prom"):
            (folder / "x.prom").unlink()
            folder.rmdir()
    assert "cannot write the metrics to" in caplog.text
