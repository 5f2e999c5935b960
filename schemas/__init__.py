"""What things are, as data: tables, columns, sources, topics, areas; and the loaders that check them."""
