"""What one node does: services over storage, without any wire."""
