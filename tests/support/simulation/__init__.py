"""The real client against the emulator's core in virtual time, everything from one seed.

`run.py` plays seeds and prints, for each that fails, the line that repeats it. `world.py` says what a seed chooses,
`network.py` and `server.py` carry it out, `client_side.py` does what users do, `invariants.py` judges. `wire.py` puts
aiohttp on both sides of sockets in memory; `planted.py` keeps faults that have to be found.
"""
