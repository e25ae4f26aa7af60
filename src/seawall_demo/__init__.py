"""The reference app: an agents console, its backend, and the demo that runs three clients through a storm."""
