"""The site as a map: where boxes and lines stand, and what flows along them."""
