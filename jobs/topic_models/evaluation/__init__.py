"""How right topics are: against which labels, on which texts, by how much, and for whom that is written down."""
