"""Events as earlier releases stored them, and what they must mean for ever."""
