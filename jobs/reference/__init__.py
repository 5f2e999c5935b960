"""What figures are held against: areas, LAOs and what they serve, population, topics, planning programmes."""
