"""gRPC servers, servicers and channels: the only place that knows the wire of the API."""
