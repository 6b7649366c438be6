"""The data-quality rules: what a check of the register's export would object to, found in our own logs before anybody else does."""
