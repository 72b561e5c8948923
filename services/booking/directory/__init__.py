"""Who belongs to which household and who answers for which child, on which days: replicas of what the family service knows."""
