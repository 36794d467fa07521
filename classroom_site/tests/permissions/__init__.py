"""Who may do what, as tables: a route that stands in none of them fails a test."""
