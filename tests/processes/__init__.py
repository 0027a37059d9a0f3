"""Real node processes over real sockets: killed, starved of disk, rolled back, attacked."""
