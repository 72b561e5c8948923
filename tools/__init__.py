"""Tools around the product: seed, benchmarks, fault campaigns."""
