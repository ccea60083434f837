"""Reader processes: decode pictures and parse label files outside the web server, within a bound on memory."""
