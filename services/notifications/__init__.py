"""The notifications service: what families are told by mail, once, and whether it was delivered."""
