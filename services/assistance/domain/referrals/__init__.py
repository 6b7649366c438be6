"""Department linkage: a department is asked for a measure, answers in time or not, and its silence goes to the county."""
