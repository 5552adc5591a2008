"""The teaching page in the browser: small functions that work a choice out, and a thin view over them."""
