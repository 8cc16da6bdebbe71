"""Published location instances and kitchen roadmaps: read, solved by the product's engine and by its peers at equal time, checked independently."""
