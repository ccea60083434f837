"""The watch folder: new scans in `images_to_run/` on which the default model runs by itself."""
