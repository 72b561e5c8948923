"""The bill of materials: which software of others is in the product, and under which licences."""
