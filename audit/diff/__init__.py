"""Who was in on one day and not on another, household by household with the reason, over what the log holds; nothing is changed."""
