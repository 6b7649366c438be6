"""A case from its first step to the end of the enrolment."""
