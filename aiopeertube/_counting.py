"""Private: numbers of things, in words: "1 video", "2 videos", "1,000 entries"."""


def counted(number: int, one: str, many: str = "") -> str:
    """Write how many there are of something; `many` is what more (or none) are called, by default with an s."""
    return f"{number:,} {plural(number, one, many)}"


def plural(number: int, one: str, many: str = "") -> str:
    """Return the word for so many."""
    return one if number == 1 else many or f"{one}s"
