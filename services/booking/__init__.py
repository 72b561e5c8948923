"""The booking service: activities, enrollments, places, the calendar and attendance."""
