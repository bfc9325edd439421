"""Writes docs/reference/coverage.md anew."""

from tests.threads_api.coverage.table import PAGE, page, whole_table

PAGE.parent.mkdir(parents=True, exist_ok=True)
PAGE.write_text(page(whole_table()), encoding="utf-8")
