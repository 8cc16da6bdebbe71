"""The texts people read, French and English side by side, one module per area."""
