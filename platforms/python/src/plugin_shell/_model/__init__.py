"""What a description becomes in Python: names, types and methods, made without anything but Python's own.

The package makes its classes of it when it is imported, and the build writes its stubs of it, so that the two can't
differ. Nothing in it runs what a description says.
"""

from .faces import EXPORTED, Faces, Key, is_secret
from .methods import CURSOR, HOW_MANY, ITEMS, LIMIT, Method, Parameter, is_read, key_of
from .names import class_of, distribution_of, module_of, variable_of
from .types import Choice, Either, Kind, Many, Member, Named, Shape, annotation
from .ways import EVENTS, POLL, POLLED, RECEIVED, TRIGGER_ARGUMENTS, WEBHOOK, Way

__all__ = [
    "CURSOR",
    "EVENTS",
    "EXPORTED",
    "HOW_MANY",
    "ITEMS",
    "LIMIT",
    "POLL",
    "POLLED",
    "RECEIVED",
    "TRIGGER_ARGUMENTS",
    "WEBHOOK",
    "Choice",
    "Either",
    "Faces",
    "Key",
    "Kind",
    "Many",
    "Member",
    "Method",
    "Named",
    "Parameter",
    "Shape",
    "Way",
    "annotation",
    "class_of",
    "distribution_of",
    "is_read",
    "is_secret",
    "key_of",
    "module_of",
    "variable_of",
]
