"""The dashboard: its pages, who may open them, and what they cost."""
