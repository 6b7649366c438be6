"""What the auditor says of a log that the rules of this release cannot follow."""


class UnreadableLog(Exception):  # noqa: N818 - it says what is so
    """The log of a household cannot be read; `./suishi audit replay` says where."""
