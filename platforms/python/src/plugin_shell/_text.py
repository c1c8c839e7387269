"""Texts as people paste them."""

import unicodedata

# Blanks, line ends and other control characters, and what has no shape at all: the marks of order, of width and of
# direction that web pages, editors and messengers leave around what is copied.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}


def trimmed(text: str) -> str:
    """The text without what can't be seen at its ends, as a plugin reads the values of a connection."""
    start, end = 0, len(text)
    while start < end and _unseen(text[start]):
        start += 1
    while end > start and _unseen(text[end - 1]):
        end -= 1
    return text[start:end]


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN
