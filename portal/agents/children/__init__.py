"""A child's file, beside the files of its homes."""
