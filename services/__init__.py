"""What is decided: a folder for each service, with the same files in each; none knows another."""
