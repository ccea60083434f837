"""One module a page: `layout()`, callbacks, and `register(app)`, which makes the callbacks known."""
