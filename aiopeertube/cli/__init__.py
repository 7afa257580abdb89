"""Private: the command line. Its modules import click and little else; aiohttp, rich and the emulator load on use."""
