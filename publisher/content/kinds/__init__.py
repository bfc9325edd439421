"""The kinds of post: what each demands and forbids. One module for each, one row each in `table`."""
