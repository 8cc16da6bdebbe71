"""Large purchasing instances: read, solved by the product's engine and by plain solvers at equal time, checked independently."""
