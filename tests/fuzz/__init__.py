"""What comes of bytes that nobody thought of: an envelope or a refusal, and never a loss."""
