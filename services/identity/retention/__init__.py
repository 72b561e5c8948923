"""How long identity remembers what is over."""
