"""The command line. Its modules load click and little else; aiohttp, rich and the emulator come when they are used."""
