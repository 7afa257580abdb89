"""The emulated server's data, without HTTP."""
