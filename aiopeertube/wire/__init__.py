"""Private: values that go over the wire, without any I/O. `aiopeertube.Call` is the public name of one of them."""
