-- The last offer that a request's school said no to stands beside the request.
CREATE INDEX session_declined ON session (request_id) WHERE state = 'declined';
