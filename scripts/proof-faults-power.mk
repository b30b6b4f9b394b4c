PROOFS += proof-faults-power
proof-faults-power: ## ten power cuts under journal and PostgreSQL at 10 calls/s; needs root and loop devices
	@scripts/proof.sh faults-power
