"""What billing keeps of other services: households, custody, activities and quotients, for as long as they live."""
