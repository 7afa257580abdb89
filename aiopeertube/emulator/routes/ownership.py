"""Videos, and from 8.x on channels, that users offer to others."""

from collections.abc import Callable
from typing import Any

from aiopeertube.emulator.api.access import check_can_manage, managed_video
from aiopeertube.emulator.api.calls import Call, Handler, Reply, Route, done, no_content, only_8
from aiopeertube.emulator.api.edits import channel_of_user
from aiopeertube.emulator.api.offer_bodies import offer_body
from aiopeertube.emulator.api.paging import page_reply
from aiopeertube.emulator.api.rights import number_in_path
from aiopeertube.emulator.model import activities
from aiopeertube.emulator.model.entities import Channel, User
from aiopeertube.emulator.model.notices import CHANNEL_OFFERED, VIDEO_OFFERED
from aiopeertube.emulator.model.offers import ACCEPTED, PENDING, REFUSED, Offer
from aiopeertube.emulator.wire.problem_json import Problem, not_found

from .channels import channel_of

_LATER_KINDS = {PENDING: 0, ACCEPTED: 1, REFUSED: 2}  # how far their kind is from that of a new offer
_NO_NAME = "Cannot read properties of undefined (reading 'toLowerCase')"
_NOT_AN_OWNER = "This user has not owner rights on this channel"


def owned_channel(call: Call, user: User) -> Channel:
    """Return the channel of a path, which has to be the user's.

    Raises:
        Problem: there is none, or it is not.
    """
    channel = channel_of(call)
    if channel.owner is not user and not user.is_staff:
        raise Problem(_NOT_AN_OWNER, 403)
    return channel


def managed_channel(call: Call, user: User) -> Channel:
    """Return the channel of a path, which the user has to be allowed to edit.

    Raises:
        Problem: there is none, or they may not.
    """
    channel = channel_of(call)
    if not channel.is_managed_by(user):
        raise Problem("This user cannot manage this channel", 403)
    return channel


async def give_video(call: Call) -> Reply:
    """Offer a video to another user."""
    user, video = call.user(), managed_video(call)
    taker = await _taker(call, "video", video.channel.owner)
    known = [offer for offer in call.store.community.offers.values() if offer.video is video]
    await _offer(call, known, user, taker, video=video)
    return no_content(tagged=True) if call.is_modern else done()


async def give_channel(call: Call) -> Reply:
    """Offer a channel to another user."""
    user = call.user()
    channel = owned_channel(call, user)
    taker = await _taker(call, "channel", channel.owner)
    known = [offer for offer in call.store.community.offers.values() if offer.channel is channel]
    await _offer(call, known, user, taker, channel=channel)
    return no_content(tagged=True)


async def _taker(call: Call, what: str, owner: User) -> User:
    name = (await call.read_body()).fields.get("username")
    if name is None:
        raise Problem(_NO_NAME, 500, code="TypeError")
    taker = call.store.users.get(str(name).lower())
    if taker is None:
        refusal = "Changing video ownership to a remote account is not supported yet"
        raise Problem(f"{name} does not exist on PeerTube" if call.is_modern else refusal)
    if taker is owner and call.is_modern:
        raise Problem(f"The new owner is already the owner of this {what}")
    return taker


async def _offer(call: Call, known: list[Offer], giver: User, taker: User, **of: Any) -> None:
    pending = [offer for offer in known if offer.state == PENDING]
    if pending and call.is_modern:
        (what,) = of
        raise Problem(f"There is already a pending ownership change request for this {what}")
    if any(offer.giver is giver and offer.taker is taker for offer in pending):
        return
    await call.backend.write()
    community = call.store.community
    number = community.number("offer")
    made = community.offers[number] = Offer(number, giver, taker, call.backend.options.clock(), **of)
    _did(call, made, activities.SEND_OFFER, giver)
    _tell(call, made, taker)


def _did(call: Call, offer: Offer, action: int, user: User) -> None:
    channel = offer.channel if offer.video is None else offer.video.channel
    if channel is not None:
        now, of = call.backend.options.clock(), {"video": offer.video, "target": offer.taker}
        call.store.community.did(user, action, channel, now, **of)


def _tell(call: Call, offer: Offer, user: User) -> None:
    """Tell of an offer, or what became of it; 6.3 does not."""
    if call.is_modern:
        first = VIDEO_OFFERED if offer.channel is None else CHANNEL_OFFERED
        kind = first + _LATER_KINDS[offer.state]
        call.store.notices.tell(user, kind, offer, call.backend.options.clock())


def _listing(fits: Callable[[Offer], bool]) -> Handler:
    """List what was offered to the user, and from 8.x on by the user."""

    async def handle(call: Call) -> Reply:
        user = call.user()
        found = [offer for offer in call.store.community.offers.values() if fits(offer)]
        kept = [offer for offer in found if offer.taker is user or (call.is_modern and offer.giver is user)]
        return page_reply(call, kept, lambda offer: offer_body(call, offer), default="id")

    return handle


async def of_video(call: Call) -> Reply:
    """List the offers of a video."""
    video = managed_video(call)
    return _offers(call, lambda offer: offer.video is video)


async def of_channel(call: Call) -> Reply:
    """List the offers of a channel."""
    channel = managed_channel(call, call.user())
    return _offers(call, lambda offer: offer.channel is channel)


def _offers(call: Call, fits: Callable[[Offer], bool]) -> Reply:
    found = [offer for offer in call.store.community.offers.values() if fits(offer)]
    return page_reply(call, found, lambda offer: offer_body(call, offer), default="id")


async def accept_video(call: Call) -> Reply:
    """Take a video into a channel of one's own."""
    user, offer = call.user(), _offered(call)
    number = (await call.read_body()).fields.get("channelId")
    if number is None and call.is_modern:
        raise Problem('column "nan" does not exist', 500, code="SequelizeDatabaseError")
    channel = _place(call, user, int(number or 0))
    await call.backend.write()
    _end(call, offer, ACCEPTED, activities.ACCEPT_OFFER)
    if offer.video is not None:
        offer.video.channel = channel
    return no_content(tagged=call.is_modern)


def _place(call: Call, user: User, number: int) -> Channel:
    channel = call.store.channel_by_id(number)
    if call.is_modern and channel is not None and channel.owner is not user and not user.is_staff:
        raise Problem(_NOT_AN_OWNER, 403)
    return channel_of_user(call, user, number)


async def accept_channel(call: Call) -> Reply:
    """Take a channel with its videos and playlists; its owner keeps one."""
    offer = _offered(call)
    channel = offer.channel
    if channel is None:
        raise Problem("The ownership change request is not linked to a channel")
    if len(call.store.channels_of(channel.owner)) == 1:
        raise Problem("Cannot accept to transfer the last channel of this user", 409)
    await call.backend.write()
    _end(call, offer, ACCEPTED, activities.ACCEPT_OFFER)
    call.store.give_channel(channel, offer.taker)
    return no_content(tagged=True)


async def refuse(call: Call) -> Reply:
    """Refuse what was offered."""
    _end(call, _offered(call), REFUSED, activities.REFUSE_OFFER)
    return no_content(tagged=call.is_modern)


def _end(call: Call, offer: Offer, state: int, action: int) -> None:
    offer.state = state
    _did(call, offer, action, offer.taker)
    _tell(call, offer, offer.giver)


async def take_back(call: Call) -> Reply:
    """Take an offer back."""
    user, offer = call.user(), _known(call)
    if offer.state != PENDING:
        raise Problem("Ownership request already accepted or refused")
    if offer.video is not None:
        check_can_manage(user, offer.video)
    elif offer.channel is not None and offer.channel.owner is not user and not user.is_staff:
        raise Problem(_NOT_AN_OWNER, 403)
    _did(call, offer, activities.TAKE_OFFER_BACK, user)
    call.store.notices.forget(offer)
    del call.store.community.offers[offer.id]
    return no_content(tagged=True)


def _known(call: Call) -> Offer:
    offer = call.store.community.offers.get(number_in_path(call, "id"))
    if offer is None:
        raise not_found("Ownership change" if call.is_modern else "Video change ownership")
    return offer


def _offered(call: Call) -> Offer:
    """Return the offer of a path, which the user may still accept or refuse; from 8.x on staff may, for others."""
    user, offer = call.user(), _known(call)
    if offer.taker is not user and not (call.is_modern and user.is_staff):
        raise Problem("Cannot terminate an ownership change of another user", 403)
    if offer.state != PENDING:
        if call.is_modern:
            raise Problem("Ownership change request already accepted or refused")
        raise Problem("Ownership already accepted or refused", 403)
    return offer


def _is_of_video(offer: Offer) -> bool:
    return offer.video is not None


def _is_of_channel(offer: Offer) -> bool:
    return offer.channel is not None


ROUTES = (
    Route("POST", "/videos/{id}/give-ownership", give_video),
    Route("GET", "/videos/ownership", _listing(_is_of_video)),
    Route("POST", "/videos/ownership/{id}/accept", accept_video),
    Route("POST", "/videos/ownership/{id}/refuse", refuse),
    Route("DELETE", "/videos/ownership/{id}", only_8(take_back)),
    Route("GET", "/videos/{id}/ownership", only_8(of_video)),
    Route("POST", "/video-channels/{channel}/give-ownership", only_8(give_channel)),
    Route("GET", "/video-channels/ownership", only_8(_listing(_is_of_channel))),
    Route("POST", "/video-channels/ownership/{id}/accept", only_8(accept_channel)),
    Route("POST", "/video-channels/ownership/{id}/refuse", only_8(refuse)),
    Route("DELETE", "/video-channels/ownership/{id}", only_8(take_back)),
    Route("GET", "/video-channels/{channel}/ownership", only_8(of_channel)),
)
