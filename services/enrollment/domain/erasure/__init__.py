"""Who reads personal data, and how a person is forgotten."""
