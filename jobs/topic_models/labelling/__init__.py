"""Analysts' corrections: a queue of texts to label goes out, what they say of them comes in."""
