"""One module or package per page, with `layout()`, callbacks, and `register(app)`."""
