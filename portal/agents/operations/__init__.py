"""Operations: what keeps the portal itself in order."""
