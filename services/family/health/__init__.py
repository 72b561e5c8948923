"""What is known of a child's health: said by its family, looked at by few, sealed with the child's own key."""
