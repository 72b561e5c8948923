"""What billing keeps of other services: households, activities and quotients, for as long as they live."""
