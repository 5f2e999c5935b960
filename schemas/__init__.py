"""Tables, columns, sources, topics and areas as data, and the loaders that validate them."""
