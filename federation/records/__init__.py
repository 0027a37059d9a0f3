"""Records: what listings, organisations and managers must look like, and how they fold. Pure."""
