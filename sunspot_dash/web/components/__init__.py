"""Components used on several pages."""
