"""The one path of every message: envelope -> consumer -> handler -> decider -> store -> relay; it knows no service."""
