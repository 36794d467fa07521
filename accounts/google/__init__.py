"""Google's sign-in and APIs: plain values in and out, own errors. No Django, no database."""
