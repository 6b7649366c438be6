"""What another line or another pack would have said on a past day, over the facts that the log holds; nothing is changed."""
