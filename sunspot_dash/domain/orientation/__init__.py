"""Which way a drawing is turned: from the motion of spots, and from its own tick marks."""
