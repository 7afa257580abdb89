"""Connections. This folder is the only place on the client's side that knows aiohttp."""
