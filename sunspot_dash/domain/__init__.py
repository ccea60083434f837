"""Pure functions of the field: names, labels, masks, the disk, spots, scores."""
