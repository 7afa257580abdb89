"""Values that go over the wire, and what is known about them without any I/O. Private but for `Call`."""
