"""Who works at this machine, as its kernel says it: what the environment says anybody can write."""

import os
import pwd


def account() -> str:
    """The name of the account of this process; in a container that does not know its number "uid-10001"."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid-{number}"
