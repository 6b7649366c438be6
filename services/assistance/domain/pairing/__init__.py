"""Where a household is, and which cadre answers for it on which day."""
