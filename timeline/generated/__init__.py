"""Made-up entries to measure with."""
