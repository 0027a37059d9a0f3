"""The one place that wires objects: from settings to a running node."""
