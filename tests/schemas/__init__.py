"""What may be said between services, and how wrong words are refused."""
