"""What parsers stumble over: values, texts and tokens, and ways to break any text a little."""

import random
from typing import Any

NUMBERS: list[Any] = [0, -1, 1, 7, 400, 422, 16, 10**9, 2**53, 2**64, -(2**63) - 1, 10**20, 10**400, 1.5, -0.0, 1e308, 1e-320]
TEXTS = [
    *(
        "",
        " ",
        "x",
        "X",
        "A_B",
        "a.b",
        "a-b",
        "ünï",
        "\U0001f600",
        "\ud800",
        "\udc00\ud800",
        "\0",
        "\n",
        "\x1b[31m",
        "\u2028",
        "\ufeff",
    ),
    *("400", "422", "-1", "1e9", "30s", "0.5s", "NaN", "null", "true", "٣", "²", "%s%n{0}", "{}", "'", '"', "\\", "</x>", "<!--"),
    *(
        "/",
        "#",
        "#/",
        "#/a~1b",
        "/a~",
        "a[0].b",
        "$",
        "$.a",
        "..",
        "~",
        "//[",
        "http://[::1",
        "https://x.example/y?token=1",
        "urn:x",
    ),
    *(
        "APP_UPGRADE_REQUIRED",
        "app_upgrade_required",
        "invalid_token",
        "Throttling#x:y",
        "ns#Name:http://x#y",
        "card_error",
        "__all__",
    ),
    *("A" * 63, "A" * 64, "a" * 129, "_" * 70, "x" * 5000, "\U0001f600" * 5000, "a." * 2000, "/a" * 2000, "[" * 3000, "~" * 3000),
]
TOKENS = [
    *(
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b"-1e999",
        b"9" * 5000,
        b"1." + b"0" * 5000,
        b"-0",
        b"01",
        b"+1",
        b".5",
        b"0x1",
    ),
    *(
        b"undefined",
        b"None",
        b"True",
        b"'x'",
        b'"\\ud800"',
        b'"\\udfff\\ud800"',
        b'"\\x"',
        b'"\\u12"',
        b'"\x01"',
        b'"\xff"',
        b"/**/null",
    ),
]
CHARSETS = [
    *("utf-8", "UTF8", "utf-16", "utf-16-le", "utf-16be", "utf-32", "utf-32-le", "utf-8-sig", "latin-1", "cp1252", "us-ascii"),
    *(
        "cp037",
        "cp500",
        "cp1140",
        "cp273",
        "shift_jis",
        "euc-jp",
        "iso-2022-jp",
        "iso-2022-kr",
        "gb18030",
        "gbk",
        "hz",
        "big5",
        "koi8-r",
    ),
    *(
        "utf-7",
        "punycode",
        "idna",
        "unicode_escape",
        "raw_unicode_escape",
        "rot13",
        "zlib",
        "base64",
        "undefined",
        "no-such",
        "../etc",
        "",
    ),
]


def text(some: random.Random) -> str:
    """A text of the list, two of them, or any characters."""
    chance = some.random()
    if chance < 0.6:
        return some.choice(TEXTS)
    if chance < 0.8:
        return some.choice(TEXTS) + some.choice(TEXTS)
    return "".join(
        chr(some.choice((some.randrange(128), some.randrange(0x300), some.randrange(0x110000))))
        for _ in range(some.randrange(20))
    )


def value(some: random.Random, depth: int = 3) -> Any:
    """Any JSON value, small or awkward."""
    chance = some.random()
    if chance < 0.45 or not depth:
        return text(some)
    if chance < 0.6:
        return some.choice(NUMBERS)
    if chance < 0.7:
        return some.choice([None, True, False])
    if chance < 0.85:
        return [value(some, depth - 1) for _ in range(some.randrange(4))]
    return {text(some): value(some, depth - 1) for _ in range(some.randrange(4))}


def nested(some: random.Random, inner: Any, depth: int) -> Any:
    """A value deep inside others."""
    for _ in range(depth):
        inner = [inner] if some.random() < 0.5 else {some.choice("ab"): inner}
    return inner


def broken(some: random.Random, content: bytes) -> bytes:
    """Bytes with one small thing wrong: flipped, cut, repeated, lost, or put in."""
    place = some.randrange(len(content) + 1)
    size = min(some.choice((1, 2, 7, 40)), len(content))
    kind = some.randrange(6)
    if kind == 0 and content:
        place = min(place, len(content) - 1)
        return content[:place] + bytes([content[place] ^ 1 << some.randrange(8)]) + content[place + 1 :]
    if kind == 1:
        return content[:place]
    if kind == 2:
        return content[:place] + content[place : place + size] * some.choice((2, 3, 50)) + content[place + size :]
    if kind == 3:
        return content[:place] + content[place + size :]
    if kind == 4:
        return content[:place] + some.randbytes(size) + content[place:]
    return content[:place] + some.choice(TOKENS) + content[place:]
