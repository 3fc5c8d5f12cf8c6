-- Sessions of older records have no team, and may be many: what is looked up by team leaves them out.
DROP INDEX session_slot_taken;
CREATE UNIQUE INDEX session_slot_taken ON session (team_id, on_date, slot) WHERE live AND team_id IS NOT NULL;
DROP INDEX session_of_team;
CREATE INDEX session_of_team ON session (team_id, on_date) WHERE team_id IS NOT NULL;

-- Taking an import back deletes its sessions and visits, and each of them is looked for in every table that refers to it.
CREATE INDEX left_calendar_of_session ON left_calendar (session_id);
CREATE INDEX plan_request_of_visit ON plan_request (visit_id);
