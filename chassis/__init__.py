"""Cross-cutting mechanics that every service stands on; no business word is spoken here."""
