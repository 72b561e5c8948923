"""What surrounds every page: the visit, spaces and menus, errors, layouts."""
