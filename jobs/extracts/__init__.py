"""Published extracts: what may be shown, and the forms in which people take it away."""
