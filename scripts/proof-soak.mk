PROOFS += proof-soak
proof-soak: ## 24 minutes at half load: live heap, goroutines and files must not grow
	@scripts/proof.sh soak
