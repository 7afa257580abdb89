"""Sends answers that are too large to be in memory."""

from collections.abc import Mapping

from aiohttp import web

from .api.calls import Reply


async def send_stream(
    request: web.BaseRequest, reply: Reply, headers: Mapping[str, str], *, truncated: bool
) -> web.StreamResponse:
    """Send an answer piece after piece, as fast as it is taken; `truncated` breaks off in the middle."""
    response = web.StreamResponse(status=reply.status, headers=headers)
    response.content_length = reply.length
    await response.prepare(request)
    left = reply.length // 2 if truncated else reply.length
    for piece in reply.stream or ():
        await response.write(piece[:left])
        left -= len(piece)
        if left <= 0:
            break
    if truncated and request.transport is not None:
        request.transport.close()
    else:
        await response.write_eof()
    return response
