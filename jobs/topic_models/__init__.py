"""Models of topics and kinds: registry, training, labels by analysts, evaluation."""
