-- Loads the benchmark's seed (its tables lie in the schema "seed") into a migrated database of TaskMaster Pro.
-- Every user's password is Password123! as in the seed, hashed with argon2id.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
BEGIN;

INSERT INTO users (id, email, username, full_name, password_hash, role, created_at, updated_at)
SELECT id, email, username, full_name,
       '$argon2id$v=19$m=19456,p=1,t=2$9SRo0NHVVxRDeslBrhvIYQ$qV4OEtohbELhWfluDK4DTg+jsqu53xv0nTF8L5TzYBw',
       role::text::user_role, created_at, updated_at
FROM seed.users;

INSERT INTO teams (id, name, description, owner_id, created_at, updated_at)
SELECT id, name, description, owner_id, created_at, updated_at FROM seed.teams;

INSERT INTO team_members (team_id, user_id, role, joined_at)
SELECT team_id, user_id, role::text::team_role, joined_at FROM seed.team_members;
-- Here the owner of a team is one of its members.
INSERT INTO team_members (team_id, user_id, role)
SELECT id, owner_id, 'manager' FROM seed.teams
ON CONFLICT (team_id, user_id) DO UPDATE SET role = 'manager';

INSERT INTO tasks (id, title, description, status, priority, tags, due_date, is_archived, assigned_to_id, created_by_id, team_id,
                   created_at, updated_at, completed_at)
SELECT id, title, description, status::text::task_status, priority::text::task_priority, tags, due_date, is_archived,
       assigned_to_id, created_by_id, team_id, created_at, updated_at, CASE WHEN status = 'done' THEN updated_at END
FROM seed.tasks;

INSERT INTO comments (id, task_id, author_id, content, created_at, updated_at)
SELECT id, task_id, author_id, content, created_at, updated_at FROM seed.comments;

INSERT INTO attachments (id, task_id, uploader_id, filename, content_type, size_bytes, sha256, storage_key)
SELECT id, task_id, uploaded_by_id, filename, content_type, file_size, repeat('0', 64), id::text FROM seed.attachments;

INSERT INTO notifications (id, user_id, type, title, task_id, is_read, read_at, created_at)
SELECT id, user_id, type, message, task_id, is_read, CASE WHEN is_read THEN created_at END, created_at FROM seed.notifications;

INSERT INTO activity_logs (id, actor_id, action, entity_type, entity_id, task_id, details)
SELECT id, user_id, action, entity_type, entity_id, task_id, details FROM seed.activity_logs;

COMMIT;
VACUUM (ANALYZE);
