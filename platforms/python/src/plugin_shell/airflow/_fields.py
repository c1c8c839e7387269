"""Which of Airflow's own fields of a connection hold which of the plugin's values."""

from .._model import Faces, Key

BASE = ("login", "password", "host")
"""Airflow's own fields that are used. What is in none of them is in the extra ones."""

_LOGINS = ("login", "username", "user", "email")


def fields_of(faces: Faces) -> list[tuple[Key, str]]:
    """Each value with its field.

    Who it is goes into the login, the first secret into the password, the first address into the host, and all else by
    its own name into the extra ones.
    """
    login = next((key for name in _LOGINS for key in faces.keys if key.key == name and not key.is_secret), None)
    password = next((key for key in faces.keys if key.is_secret), None)
    host = next((key for key in faces.keys if key.is_address), None)
    own = {key.key: field for key, field in ((login, "login"), (password, "password"), (host, "host")) if key}
    return [(key, own.get(key.key, key.key)) for key in faces.keys]
