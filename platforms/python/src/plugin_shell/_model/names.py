"""How things are called in Python that a description calls otherwise."""

import keyword
import re
from collections.abc import Container


def distribution_of(name: str) -> str:
    """What `pip install` is told: `shop` becomes `shop-plugin`."""
    return f"{name}-plugin".replace("_", "-")


def module_of(name: str) -> str:
    """What is imported: `shop` becomes `shop_plugin`."""
    return f"{name}_plugin".replace("-", "_")


def variable_of(prefix: str, key: str) -> str:
    """The variable of the environment that holds a value of a connection: `SHOP_BASE_URL`."""
    return f"{prefix}_{key}".upper().replace("-", "_")


def camel(text: str) -> str:
    """The words of a text as the name of a class: `Updated order` becomes `UpdatedOrder`."""
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", text))


def class_of(title: str, name: str) -> str:
    """The class of a plugin: its title, or its name where people write the title in other letters than Python does."""
    made = camel(title) if title.isascii() else ""
    made = made if made.isidentifier() else camel(name)
    return f"{made}Plugin" if keyword.iskeyword(made) else made


def identifier(text: str, taken: Container[str] = ()) -> str:
    """A text as a name of Python that is not taken: `from` becomes `from_`, and `bill-id` `bill_id`."""
    found = re.sub(r"\W", "_", text, flags=re.ASCII)
    if not found[:1].isalpha():
        found = f"field_{found.lstrip('_')}"
    while keyword.iskeyword(found) or found in taken:
        found += "_"
    return found
