"""Orders: placed, moved on, cancelled and refunded; and every other event that gives points."""
