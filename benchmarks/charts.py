"""Charts for the README, from the JSON of the results and nothing else."""

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

OURS, OTHERS, LOSES = "#d9542b", "#9aa5b1", "#d5dae0"
_STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "svg.fonttype": "none",
    "svg.hashsalt": "aiopeertube",  # the same figures give the same file
}


def draw(found: dict[str, Any], folder: Path) -> None:
    """Draw a chart for each situation that was measured."""
    charts = {
        "allowance": _allowance,
        "capacity": _capacity,
        "client": _client,
        "listing": _listing,
        "growth": _growth,
    }
    folder.mkdir(exist_ok=True)
    with mpl.rc_context(_STYLE):
        for name, chart in charts.items():
            if name in found:
                figure = chart(found[name])
                figure.tight_layout()
                figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
                plt.close(figure)


def _colour(title: str) -> str:
    return OURS if title.startswith(("aiopeertube", "auto")) else OTHERS


def _bars(axes: Axes, titles: list[str], values: list[float], labels: list[str], colours: list[str]) -> None:
    axes.barh(titles, values, color=colours)
    axes.invert_yaxis()
    for number, (value, label) in enumerate(zip(values, labels, strict=True)):
        axes.annotate(label, (value, number), xytext=(4, 0), textcoords="offset points", va="center")
    axes.margins(x=0.2)


def _allowance(part: dict[str, Any]) -> Any:
    figure, axes = plt.subplots(figsize=(7, 2.8))
    ways = [way for way in part["ways"] if "cannot" not in way]
    shares = [way["share_of_allowance"] or 0.0 for way in ways]
    labels = [
        f"loses {way['lost']} of {way['asked']}" if way["lost"] else f"{way['share_of_allowance']:.2f}, nothing lost"
        for way in ways
    ]
    _bars(axes, [way["title"] for way in ways], shares, labels, [_colour(way["title"]) for way in ways])
    axes.set_title(f"Share of a normal user's allowance ({part['limit']}) that was used")
    return figure


def _capacity(part: dict[str, Any]) -> Any:
    figure, grid = plt.subplots(2, 2, figsize=(8, 4.6))
    for axes, variant in zip(grid.flat, part["variants"], strict=False):
        ways = [way for way in variant["ways"] if way["way"] == "auto" or way["way"].isdigit()]
        colours = [_colour(way["way"]) for way in ways]
        bars = axes.bar([way["way"] for way in ways], [way["to_best_fixed"] for way in ways], color=colours)
        slowest = next(way["p99"] for way in ways if way["way"] == "32")
        axes.bar_label(bars, [f"{way['p99'] / slowest:.2f}" for way in ways], fontsize=7, padding=1)
        axes.set_title(variant["title"])
        axes.set_ylim(0, 1.2)
    figure.supxlabel("requests in flight (above the bars: 99th percentile of latency, to that of 32)", fontsize=9)
    figure.supylabel("edits per second, to the best fixed", fontsize=9)
    return figure


def _client(part: dict[str, Any]) -> Any:
    group = next(group for group in part["groups"] if group["in_flight"] == 8)
    ways = sorted(group["ways"], key=lambda way: way["ratio"])
    titles = [way["title"] + (", uvloop" if way["loop"] == "uvloop" else "") for way in ways]
    figure, axes = plt.subplots(figsize=(7, 4))
    axes.set_xscale("log")
    ratios = [way["ratio"] for way in ways]
    _bars(axes, titles, ratios, [f"{ratio:.2f}" for ratio in ratios], [_colour(title) for title in titles])
    axes.set_title("CPU per PUT, to that of aiohttp, gather")
    return figure


def _listing(part: dict[str, Any]) -> Any:
    figure, grid = plt.subplots(1, 3, figsize=(9, 2.4))
    for axes, group in zip(grid, part["groups"], strict=True):
        titles = [way["title"].removesuffix(", sequential") for way in group["ways"]]
        rates = [way["to_loop"] for way in group["ways"]]
        _bars(axes, titles, rates, [f"{rate:g}" for rate in rates], [_colour(title) for title in titles])
        axes.set_title(f"{1000 * group['latency']:g} ms away")
    figure.supxlabel("videos listed per second, to aiohttp in a loop", fontsize=9)
    return figure


def _growth(part: dict[str, Any]) -> Any:
    figure, (memory, time) = plt.subplots(1, 2, figsize=(9, 3))
    least = part["ways"][0]["points"][0]["peak_mib"]
    for way in part["ways"]:
        items = [point["items"] for point in way["points"]]
        style: dict[str, Any] = {"marker": "o", "markersize": 3, "label": way["title"]}
        if way["title"] == "aiopeertube":
            style |= {"color": OURS, "linewidth": 2.5, "zorder": 3}
        memory.plot(items, [point["peak_mib"] / least for point in way["points"]], **style)
        first = way["points"][0]["us_per_item"]
        time.plot(items, [point["us_per_item"] / first for point in way["points"]], **style)
    memory.set(xscale="log", yscale="log", xlabel="items", title="Peak memory, to ours for 1,000")
    time.set(xscale="log", ylim=(0, None), xlabel="items", title="Time per item, to that of each for 1,000")
    memory.legend(fontsize=7, frameon=False)
    return figure
