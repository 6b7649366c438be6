"""A county's register as a sheet: its columns, its households and what is wrong with them, its file, and the messages that bring it in."""
