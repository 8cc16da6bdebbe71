"""The three problems of a hospital group: shared kitchens, delivery routes, grouped purchasing."""
