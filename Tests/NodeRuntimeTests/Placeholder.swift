// Placeholder; the suite's first file replaces it.
