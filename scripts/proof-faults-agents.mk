PROOFS += proof-faults-agents
proof-faults-agents: ## networks cut, pages reloaded, browsers killed, sockets torn: real Chromium and robots at 10 calls/s
	@scripts/proof.sh faults-agents
