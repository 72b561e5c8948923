"""How a file is opened: at the desk, or by an import."""
