"""The two spellings of a video's identifier: UUID and its 22-character short form."""

import re

# Flickr's order of the base 58 digits: small letters before capitals, and without 0, O, I and l.
_DIGITS = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
SHORT_LENGTH = 22
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


def is_uuid(text: str) -> bool:
    """Tell whether the text is a version 4 UUID."""
    return _UUID4.fullmatch(text) is not None


def uuid_from_bits(bits: int) -> str:
    """Return a version 4 UUID made of 128 random bits."""
    bits = bits & ~(0xF << 76) | 4 << 76
    bits = bits & ~(0x3 << 62) | 2 << 62
    return _dashed(f"{bits:032x}")


def to_short(uuid: str) -> str:
    """Return the short form of a UUID."""
    number = int(uuid.replace("-", ""), 16)
    digits = ""
    while number:
        number, value = divmod(number, 58)
        digits = _DIGITS[value] + digits
    return digits.rjust(SHORT_LENGTH, _DIGITS[0])


def from_short(short: str) -> str:
    """Return the UUID of a short form; empty when the text is not one."""
    number = 0
    for digit in short:
        value = _VALUES.get(digit)
        if value is None:
            return ""
        number = number * 58 + value
    return _dashed(f"{number:032x}") if number < 1 << 128 else ""


def _dashed(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
