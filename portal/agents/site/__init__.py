"""Attendance on site."""
