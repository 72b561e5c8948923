"""Replicas of what messages need to know about people and activities, built from the state topics of other services."""
