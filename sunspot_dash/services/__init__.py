"""What the command line and the pages ask for, one function a task."""
