"""Whether a household qualifies, line by line, and benefits that exclude one another."""
