"""Statistical methods behind planners' figures: pure functions of numpy and scipy, no Spark, no lake."""
