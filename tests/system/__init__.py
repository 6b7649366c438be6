"""Real processes killed, stopped and replaced while messages flow."""
