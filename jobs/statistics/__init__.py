"""What a planner's figures need of statistics: pure functions of numpy and scipy, no Spark, no lake."""
