"""The auditor against logs and read models that somebody changed."""
