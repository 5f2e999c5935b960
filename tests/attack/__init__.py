"""A reader who subtracts: what can be learned from all public tables and all their versions together."""
