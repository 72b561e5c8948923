"""The terms that somebody accepted, with the proof."""
