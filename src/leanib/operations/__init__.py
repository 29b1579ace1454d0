"""Running the project: the Gateway's container, the doctor, deployment and monitoring."""
