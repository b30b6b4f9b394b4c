PROOFS += proof-faults-process
proof-faults-process: ## kill -9, stop, starve, step the clock of and drain the process at 10 calls/s
	@scripts/proof.sh faults-process
