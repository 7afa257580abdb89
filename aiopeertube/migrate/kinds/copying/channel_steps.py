"""One channel of a copy: made with its texts, then its pictures; and which channels can be made at all."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from aiopeertube.errors import NotFound, ServerError, TransportError, UnexpectedResponse, ends_run
from aiopeertube.migrate.journal.item import Item
from aiopeertube.migrate.journal.journal import Journal
from aiopeertube.migrate.kinds.channel_sight import CALLED, ChannelSight
from aiopeertube.migrate.scope import Who

from .small_files import bring_image
from .video_steps import Work
from .wishes import CHANNEL

if TYPE_CHECKING:
    from aiopeertube._client import PeerTube

_TRIES: Final = 6
THERE: Final = "it was there before, and lacks nothing"


async def look_at_channels(pt: "PeerTube", who: Who, journal: Journal) -> AsyncIterator[str]:
    """Find the channels that are there already: these get what they lack. Give what is wrong with the others."""
    sight, settled, called = ChannelSight(pt, who), list[Item](), dict[str, Item]()
    async for item in journal.items("planned"):
        if not item.ref.startswith(CHANNEL) or "pictures" in item.note:
            continue
        if (other := called.setdefault(item.wanted["channel"], item)) is not item:
            both = " and ".join(each.ref.removeprefix(CHANNEL) for each in (other, item))
            yield f"{item.name}: {both} cannot both be called so"
        inner = Item(item.wanted["channel"], {CALLED: item.wanted["channel"]})
        looked = await sight.look(inner)
        if looked.complaints:
            yield looked.complaints[0].why
        elif inner.uuid:
            _leave(item, looked.now)
            item.uuid = inner.uuid
            settled.append(item)
    await journal.save(settled)


def _leave(item: Item, now: Mapping[str, Any]) -> None:
    """Want of a channel that is there only what it lacks."""
    for part in ("texts", "pictures"):
        item.wanted[part] = {name: one for name, one in item.wanted[part].items() if one and not now.get(name)}
    item.note["there"] = True
    if not item.wanted["texts"] and not item.wanted["pictures"]:
        item.settle("unchanged", THERE)


async def carry_out(work: Work, pt: "PeerTube", journal: Journal, item: Item) -> None:
    """Make a channel as far as it is not made yet."""
    name = item.wanted["channel"]
    begun = "pictures" in item.note
    if not begun:
        item.note["pictures"] = []  # from here on it is ours, whatever the answer
        await journal.save([item])
    if item.note.get("there"):
        if item.wanted["texts"]:
            await pt.channels.update(name, **item.wanted["texts"])
    elif not (begun and await _is_there(pt, name)):
        await _make(pt, item)
    item.uuid = name
    for kind, path in item.wanted["pictures"].items():
        if kind not in item.note["pictures"]:
            await _pick(work, pt, item, kind, path)
            item.note["pictures"].append(kind)


async def _make(pt: "PeerTube", item: Item) -> None:
    """Make it; where the answer was lost, it is looked for before it is made again."""
    name, texts = item.wanted["channel"], {key: text for key, text in item.wanted["texts"].items() if text}
    for left in reversed(range(_TRIES)):
        try:
            await pt.channels.create(name=name, **{"displayName": name, **texts})
        except (TransportError, UnexpectedResponse, ServerError) as exc:
            if ends_run(exc) or not left:
                raise
            if await _is_there(pt, name):
                return
        else:
            return


async def _is_there(pt: "PeerTube", name: str) -> bool:
    try:
        await pt.channels.get(name)
    except NotFound:
        return False
    return True


async def _pick(work: Work, pt: "PeerTube", item: Item, kind: str, path: str) -> None:
    async def send(data: bytes) -> None:
        await (pt.channels.avatar if kind == "avatar" else pt.channels.banner).pick(item.uuid, data)

    await bring_image(work.origin.pt, path, item, kind, send)
