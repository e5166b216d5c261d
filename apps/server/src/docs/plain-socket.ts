import { notificationExamples } from '@taskmaster/api';
import { socketCloseCodes } from '@taskmaster/core/contracts';
import type { NotificationEvent } from '@taskmaster/core/contracts';

type EventFrame = NotificationEvent & { id: string };
type Frame = EventFrame | { type: 'pong' };

const notification = { ...notificationExamples.markRead.output, is_read: false, read_at: null };

/** What the server sends on `/ws/{user_id}`: one frame of each type. */
export const frameExamples = {
  live: { id: 'AQAAAAAAACDlAAAAAAAAAAAAAaIClmNgmD5m6Djq', type: 'live' },
  notification: { id: 'AQAAAAAAACDoAAAAAAAAAT0AAaICl03AmD5m6Djq', type: 'notification', data: notification },
  resync: { id: 'AQAAAAAAACNKAAAAAAAAAAAAAaICzjxAmD5m6Djq', type: 'resync' },
  pong: { type: 'pong' },
} satisfies { [Type in Frame['type']]: Extract<Frame, { type: Type }> };

const meanings: Record<Frame['type'], string> = {
  live: 'Everything that was missed has been told; from here on notifications come as they are made.',
  notification: 'Something that the user was told.',
  resync: 'The position that was given cannot be honoured: read `GET /notifications` again, then go on from here.',
  pong: 'The answer to the text frame `{"type": "ping"}`, which a client may send.',
};

const frames = Object.entries(frameExamples).map(
  ([type, example]) => `\`${type}\`: ${meanings[example.type]}

\`\`\`json
${JSON.stringify(example, null, 2)}
\`\`\``,
);

const { goingAway, notText, tooMuch, internal, tryAgain, unauthenticated, deactivated } = socketCloseCodes;

/** OpenAPI has no place for a socket: this stands in the description of the document. */
export const plainSocketDescription = `
**Real time.** \`GET /ws/{user_id}?token=<access token>\`, at the root of the server, upgrades to a WebSocket of JSON text frames.
It begins with \`live\` or, where \`last_event_id\` is given, with what was missed and \`live\`, or with \`resync\`. An \`id\` is a
position, whatever the frame's \`type\`: \`last_event_id\` resumes after the last one that was received. Ignore types that you do not know.

${frames.join('\n\n')}

A token that is not good is refused with 401, another user's \`user_id\` with 403. The socket is closed with ${unauthenticated} when its token
expires or its session ends, and with ${deactivated} when the user is deactivated. After ${tryAgain} (read too slowly, or the database is away),
${goingAway} (the server stops) and ${internal} (a fault of the server) connect again in a moment, with \`last_event_id\`.
${tooMuch} says that the client sent too many frames, ${notText} that it sent a binary one.
`.trim();
