"""Home visits: who was where on which day, what he found, and what was put right."""
