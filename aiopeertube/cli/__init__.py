"""The command line. Its modules load click and little else; aiohttp, rich and the emulator come with their use."""
