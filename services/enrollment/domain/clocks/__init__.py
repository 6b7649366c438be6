"""Legal deadlines, times that have to pass first, and what goes up when it is late."""
