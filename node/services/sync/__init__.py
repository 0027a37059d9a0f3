"""The federation's logs: heads, copies, signing and cosigning, peers, trust."""
