"""What was measured, as people read it: a table of promises, a table for each situation, and charts."""

import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_HEAD = """# Results

Written by `nox -s bench`; nothing here is typed in. Ratios are of medians from one run, with the spread of its rounds
in brackets. Each peer ran in an environment and a process of its own, each server in another.
"""


def machine() -> dict[str, str]:
    """Name the machine and what ran on it."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    packages = ", ".join(f"{name} {version(name)}" for name in ("aiopeertube", "aiohttp", "orjson", "uvloop"))
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cpu": f"{names[0] if names else platform.processor()}, {len(names)} cores",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}, {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}, {packages}",
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def holds(check: dict[str, Any]) -> bool:
    """Tell whether a figure is what it must be."""
    sign, bound = check["must"].split()
    found = check["found"]
    return found is not None and (found <= float(bound) if sign == "<=" else found >= float(bound))


def write(found: dict[str, Any]) -> None:
    """Write RESULTS.md and the charts; what was not measured this time is taken from its file."""
    from charts import draw

    for file in sorted((HERE / "results").glob("*.json")):
        found.setdefault(file.stem, json.loads(file.read_text()))
    (HERE / "RESULTS.md").write_text(f"{_HEAD}\n{table(found)}")
    draw(found, HERE / "charts")


def table(found: dict[str, Any]) -> str:
    """Render everything as Markdown."""
    parts = [_promises(found)]
    parts += [section(found[name]) for name, section in _SECTIONS.items() if name in found]
    return "\n".join(parts)


def _rows(head: str, rows: list[list[Any]]) -> str:
    columns = head.split(" | ")
    lines = [f"| {head} |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _promises(found: dict[str, Any]) -> str:
    rows = [
        [f"{name}: {check['what']}", check["must"], check["found"], "yes" if holds(check) else "**no**"]
        for name in _SECTIONS
        for check in found.get(name, {}).get("checks", ())
    ]
    return _rows("what | must be | found | holds", rows)


def _on(part: dict[str, Any]) -> str:
    return "On " + "; ".join(part["machine"].values()) + ".\n"


def _spread(spread: list[float]) -> str:
    low, high = spread
    return f"({low:g} to {high:g})" if low != high else ""


def _allowance(part: dict[str, Any]) -> str:
    rows = []
    for way in part["ways"]:
        if "cannot" in way:
            rows.append([way["title"], "", "", "", "", f"cannot: {way['cannot']}"])
            continue
        share = way["share_of_allowance"] or "it loses edits"
        time = f"{way['time_to_ideal']} {_spread(way['spread'])}"
        rows.append([way["title"], way["asked"], time, way["lost"], way["refused"], share])
    head = f"## 1. The allowance is the limit\n\nRenames by a normal user, {part['limit']}. {_on(part)}\n"
    columns = "way | renames | time, to the least that the windows allow | lost | 429s | share of the allowance used"
    return head + _rows(columns, rows)


def _capacity(part: dict[str, Any]) -> str:
    text = f"## 2. The server's capacity is the limit\n\n{part['count']} edits by an administrator. {_on(part)}"
    for variant in part["variants"]:
        p99 = next(way["p99"] for way in variant["ways"] if way["way"] == "32")
        rows = [
            [
                "**auto**" if way["way"] == "auto" else way["way"],
                f"{way['to_best_fixed']} {_spread(way['spread'])}",
                way["lost"],
                f"{100 * way['share_5xx_after_50']:.1f} %" if way["way"].isdigit() or way["way"] == "auto" else "",
                round(way["p50"] / p99, 2),
                round(way["p99"] / p99, 2),
            ]
            for way in variant["ways"]
        ]
        head = "in flight | edits per second to best fixed | lost | 5xx after the first 50 | p50 | p99, to that of 32"
        text += f"\n### {variant['title'][0].upper()}{variant['title'][1:]}\n\n" + _rows(head, rows)
    return text


def _client(part: dict[str, Any]) -> str:
    text = "## 3. The client is the limit\n\nCPU per PUT, to that of aiohttp (gather, asyncio's loop). "
    text += _on(part)
    if part["not_here"]:
        text += f"Not installed here: {', '.join(part['not_here'])}.\n"
    for group in part["groups"]:
        rows = [[way["title"], way["loop"], f"{way['ratio']} {_spread(way['spread'])}"] for way in group["ways"]]
        text += f"\n### {group['server'].capitalize()}, {group['in_flight']} in flight\n\n"
        text += _rows("way | event loop | CPU per PUT", rows)
    whole = part["layers"][-1]["us"]
    rows = [[layer["layer"], f"{layer['adds_us'] / whole:.3f}"] for layer in part["layers"]]
    text += "\n### The layers, on a transport that answers at once\n\n"
    return text + _rows("layer | its share of all of them", rows)


def _listing(part: dict[str, Any]) -> str:
    text = f"## 4. Listing\n\n{part['videos']:,} videos, 100 a page; rates to that of aiohttp in a loop. {_on(part)}"
    for group in part["groups"]:
        rows = [[way["title"], f"{way['to_loop']} {_spread(way['spread'])}"] for way in group["ways"]]
        text += f"\n### {1000 * group['latency']:g} ms away\n\n" + _rows("way | videos per second", rows)
    return text + f"\nDecoding a page of 100 takes {part['decoding']['ratio']} of what `orjson.loads` alone takes.\n"


def _growth(part: dict[str, Any]) -> str:
    base = part["ways"][0]["points"][0]
    text = "## 5 and 6. Memory and time against the number of items\n\n"
    text += f"Every video listed, then edited; ours by a plan in a journal on disk. {_on(part)}\n"
    rows = []
    for way in part["ways"]:
        for point in way["points"]:
            memory = f"{point['peak_mib'] / base['peak_mib']:.2f}"
            time, cpu = (f"{point[key] / base[key]:.2f}" for key in ("us_per_item", "cpu_us_per_item"))
            rows.append([way["title"], f"{point['items']:,}", memory, time, cpu])
    few, many = part["bulk_alone"].values()
    more = many["peak_mib"] / few["peak_mib"]
    text += _rows("way | items | peak memory, to ours at the least | time per item | CPU per item", rows)
    return (
        text
        + f"\nThe bulk engine alone takes {more:.2f} times the memory for the most that it takes for the least.\n"
    )


_SECTIONS = {
    "allowance": _allowance,
    "capacity": _capacity,
    "client": _client,
    "listing": _listing,
    "growth": _growth,
}


if __name__ == "__main__":
    write({})
