"""How adults are reached: read and corrected by themselves and by agents."""
