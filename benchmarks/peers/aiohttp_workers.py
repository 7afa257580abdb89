"""aiohttp, a `ClientSession` with default settings; as many worker coroutines as are in flight share an iterator."""

from _async_driver import main, workers
from aiohttp_gather import Client

if __name__ == "__main__":
    main(Client, workers)
