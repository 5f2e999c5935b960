"""Thousands of damaged exports: no reader may crash, hang, swell or lose a record on any of them."""
