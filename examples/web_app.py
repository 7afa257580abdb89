"""A web application whose requests share one client, its connections, token and rate limit: `python web_app.py 8080`.

http://localhost:8080/films/UUID tells of a video. Nobody waits for longer than two seconds.
"""

import sys
from collections.abc import AsyncIterator

from aiohttp import web

from aiopeertube import PeerTube, errors

CLIENT = web.AppKey("client", PeerTube)


async def client(app: web.Application) -> AsyncIterator[None]:
    """Open the client with the application, and close it at the end."""
    async with PeerTube.from_env() as pt:
        app[CLIENT] = pt
        yield


async def film(request: web.Request) -> web.Response:
    """Tell of one video."""
    try:
        video = await request.app[CLIENT].videos.get(request.match_info["uuid"]).within(2)
    except (errors.NotFound, errors.InvalidIdentifier) as exc:
        raise web.HTTPNotFound(text=str(exc)) from exc
    except (errors.DeadlineExceeded, errors.ServerAway) as exc:
        raise web.HTTPServiceUnavailable(text=str(exc)) from exc
    return web.json_response({"name": video["name"], "tags": video["tags"]})


app = web.Application()
app.cleanup_ctx.append(client)
app.router.add_get("/films/{uuid}", film)
if __name__ == "__main__":
    web.run_app(app, port=int(sys.argv[1]), print=None)
