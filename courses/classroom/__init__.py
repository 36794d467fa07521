"""Google Classroom: what its answers say, as plain values. No Django, no database."""
