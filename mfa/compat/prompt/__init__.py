"""What clients of a hosted prompt speak: health check, authorize, token."""
