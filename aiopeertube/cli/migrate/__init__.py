"""Migrations on the command line: thin over `aiopeertube.migrate`."""
