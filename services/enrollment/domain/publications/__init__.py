"""Lines and packs that are published for an area."""
