"""Feeds as RSS, Atom and JSON Feed."""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as ET  # only for writing: what comes from outside is never parsed

import orjson

from .clocks import iso

_SPACES = {
    "podcast": "https://podcastindex.org/namespace/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "atom": "http://www.w3.org/2005/Atom",
}
_DOCS = "https://validator.w3.org/feed/docs/rss2.html"


@dataclass(frozen=True, slots=True)
class File:
    """The file of an item; where it and its torrent are."""

    url: str
    torrent: str
    size: int
    height: int
    duration: int


@dataclass(frozen=True, slots=True)
class Item:
    """A video or a comment."""

    link: str
    title: str
    text: str
    author: str
    author_url: str
    at: float
    category: str | None = None
    picture: str | None = None
    views: int = 0
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, as made `at` a time, of which `url` is the own address."""

    title: str
    link: str
    description: str
    url: str
    server: str
    at: float
    items: list[Item]
    author: str | None = None


def rss(feed: Feed) -> bytes:
    """Write RSS."""
    root, channel = _rss(feed, ("podcast", "dc", "media", "content", "atom"))
    for item in feed.items:
        made = _rss_item(channel, item)
        _add(made, "dc:creator", item.author)
        _category(made, item)
        if item.file is not None:
            _media(made, item, item.file)
    return _written(root)


def podcast(feed: Feed) -> bytes:
    """Write RSS as programs for podcasts like it."""
    root, channel = _rss(feed, ("podcast", "itunes", "dc", "content", "atom"))
    _add(channel, "podcast:medium", "video")
    _add(channel, "itunes:author", feed.author or "")
    for item in feed.items:
        made = _rss_item(channel, item)
        _add(made, "podcast:person", item.author, href=item.author_url)
        _category(made, item)
        if item.file is not None:
            _add(made, "itunes:duration", str(item.file.duration))
            other = _add(
                made, "podcast:alternateEnclosure", type="video/mp4", length=str(item.file.size), default="true"
            )
            _add(other, "podcast:source", uri=item.file.url)
            _add(other, "podcast:source", uri=item.file.torrent, contentType="application/x-bittorrent")
        _add(made, "itunes:explicit", "false")
    return _written(root)


def atom(feed: Feed) -> bytes:
    """Write Atom."""
    root = ET.Element("feed", {"xmlns": _SPACES["atom"]})
    for name, text in (("id", feed.link), ("title", feed.title), ("updated", iso(feed.at))):
        _add(root, name, text)
    _add(root, "link", rel="alternate", href=feed.link)
    _add(root, "link", rel="self", href=feed.url)
    _add(root, "rights", _rights(feed))
    for item in feed.items:
        made = _add(root, "entry")
        _add(made, "title", item.title, type="html")
        _add(made, "id", item.link)
        _add(made, "link", href=item.link)
        _add(made, "updated", iso(item.at))
        _add(made, "content", _as_html(item.text), type="html")
        author = _add(made, "author")
        _add(author, "name", item.author)
        _add(author, "uri", item.author_url)
        if item.category is not None:
            _add(made, "category", label=item.category)
    return _written(root)


def json_feed(feed: Feed) -> bytes:
    """Write JSON Feed."""
    body = {
        "version": "https://jsonfeed.org/version/1",
        "title": feed.title,
        "home_page_url": feed.link,
        "feed_url": feed.url,
        **({"description": feed.description} if feed.description else {}),
        "icon": _icon(feed),
        **({} if feed.author is None else {"author": {"name": feed.author, "url": feed.link}}),
        "items": list(map(_json_item, feed.items)),
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)


def _json_item(item: Item) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": item.link,
        "content_html": _as_html(item.text),
        "url": item.link,
        "title": item.title,
        "date_modified": iso(item.at),
        "author": {"name": item.author, "url": item.author_url},
    }
    if item.file is not None:
        kind = "application/x-bittorrent"
        torrent = {"title": item.title, "url": item.file.torrent, "size_in_bytes": item.file.size, "mime_type": kind}
        body |= {"summary": html.escape(item.text, quote=False), "attachments": [torrent]}
    return body if item.category is None else {**body, "tags": [item.category]}


def _rss(feed: Feed, spaces: Iterable[str]) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("rss", {"version": "2.0", **{f"xmlns:{name}": _SPACES[name] for name in spaces}})
    channel = _add(root, "channel")
    for name, text in (("title", feed.title), ("link", feed.link), ("description", feed.description)):
        _add(channel, name, text)
    _add(channel, "lastBuildDate", _date(feed.at))
    _add(channel, "docs", _DOCS)
    _add(channel, "generator", f"PeerTube - {feed.server}")
    image = _add(channel, "image")
    for name, text in (("title", feed.title), ("url", _icon(feed)), ("link", feed.link)):
        _add(image, name, text)
    _add(channel, "copyright", _rights(feed))
    _add(channel, "atom:link", href=feed.url, rel="self", type="application/rss+xml")
    return root, channel


def _rss_item(channel: ET.Element, item: Item) -> ET.Element:
    made = _add(channel, "item")
    for name, text in (("title", item.title), ("link", item.link), ("guid", item.link), ("pubDate", _date(item.at))):
        _add(made, name, text)
    if item.file is not None:
        _add(made, "description", html.escape(item.text, quote=False))
        _add(made, "enclosure", length=str(item.file.size), type="video/mp4", url=item.file.url)
    _add(made, "content:encoded", _as_html(item.text))
    return made


def _category(made: ET.Element, item: Item) -> None:
    if item.category is not None:
        _add(made, "category", item.category)


def _media(made: ET.Element, item: Item, file: File) -> None:
    _add(_add(made, "media:community"), "media:statistics", views=str(item.views))
    _add(made, "media:player", url=item.link)
    group = _add(made, "media:group")
    _add(group, "media:peerLink", type="application/x-bittorrent", href=file.torrent, isDefault="false")
    sizes = {"height": str(file.height), "fileSize": str(file.size), "duration": str(file.duration)}
    _add(group, "media:content", type="video/mp4", medium="video", url=file.url, isDefault="true", **sizes)
    if item.picture is not None:
        _add(made, "media:thumbnail", url=item.picture)
    _add(made, "media:title", item.title, type="plain")


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, tag, attributes)
    made.text = text
    return made


def _written(root: ET.Element) -> bytes:
    ET.indent(root, "    ")
    # A text may hold what XML cannot; it goes the way it goes on the server.
    text = ET.tostring(root, encoding="unicode")
    kept = "".join(character for character in text if character in "\t\n\r" or character >= " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + kept.encode("utf-8", "replace")


def _as_html(text: str) -> str:
    return f"<p>{html.escape(text, quote=False)}</p>\n" if text else ""


def _date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(int(seconds), UTC), usegmt=True)


def _icon(feed: Feed) -> str:
    return f"{feed.server}/client/assets/images/icons/icon-1500x1500.png"


def _rights(feed: Feed) -> str:
    terms = f"the terms specified at {feed.server}/about"
    licences = "potential licenses granted by each content's rightholder"
    return f"All rights reserved, unless otherwise specified in {terms} and {licences}."
