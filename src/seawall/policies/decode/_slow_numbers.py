"""Bodies full of numbers for which msgspec takes hundreds of times longer than for others.

Beyond 1e288 and below 1e-307 it reads a number digit by digit: 13 microseconds for the five bytes of "1e308", seconds for a
megabyte of them, during which an event loop stands still. Its `float_hook` goes round that, but not for what is declared as a
float, and it doubles the time for ordinary bodies. So a sample of each long body tells whether it is worth it.
"""

import re
from typing import Any

import msgspec

__all__ = ["SHORT", "has_slow_numbers", "parse_slow_numbers"]

SHORT = 64 * 1024  # bytes of a body that is not looked at: what it can cost is a sixth of a second
_WINDOWS = 32  # in a sample
_WIDTH = 64  # bytes of a window
_MANY = 4  # found in a sample: of a body with fewer not one byte in fifty belongs to such a number
_ALIKE = bytes.maketrans(b"123456789E", b"000000000e")
_slow = re.compile(rb"[0-9][eE][+-]?[0-9]{3,}[\s,\]}]").findall  # with what follows a number: hexadecimal digits are no numbers


def has_slow_numbers(data: bytes) -> bool:
    """Tell whether a long body is full of numbers with exponents of three digits.

    Args:
        data: More than `SHORT` bytes.
    """
    step = len(data) // _WINDOWS
    begin = hash(data[:1024]) % step  # keyed anew in each process: nobody can know where not to put them
    sample = b'"'.join([data[at : at + _WIDTH] for at in range(begin, len(data), step)])
    return sample.translate(_ALIKE, b"+-").count(b"0e000") >= _MANY and len(_slow(sample)) >= _MANY


def _finite(text: str) -> float:
    number = float(text)
    if abs(number) == float("inf"):
        raise ValueError("Number out of range")  # in msgspec's words
    return number


parse_slow_numbers: Any = msgspec.json.Decoder(float_hook=_finite).decode
"""Parse JSON in a time that its length alone decides.

Raises:
    ValueError, RecursionError: It is no JSON, nested too deep, or holds a number out of range.
"""
