"""Labels: COCO files, polygons and masks, training targets, the split by date, tiles."""
