"""requests in a `ThreadPoolExecutor`, with a session for each thread, since a session is not made to be shared."""

from _sync_driver import main
from requests_loop import Client

if __name__ == "__main__":
    main(Client, threads=True)
