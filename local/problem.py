"""What the command line turns into one plain sentence instead of a traceback."""


class Problem(Exception):  # noqa: N818  it is no error of ours: the machine or the user can mend it
    """Something the user can mend; its text says what is so and what to do."""
