"""Delegates: those whom families let act for their children, by the address at which they are known, and the adults of files among them."""
