"""Which department reports when, and what came of its reports."""
