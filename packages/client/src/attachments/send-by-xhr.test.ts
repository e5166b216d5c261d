import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sendByXhr } from './send-by-xhr.ts';

/** As much of a browser's as an upload needs; the test is the network. */
class FakeXhr extends EventTarget {
  readonly upload = new EventTarget();
  readonly status = 201;
  readonly responseText = '{}';
  readonly headers: Record<string, string> = {};
  request: string[] = [];
  body: unknown;

  constructor() {
    super();
    made.push(this);
  }

  open(...request: string[]): void {
    this.request = request;
  }

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  send(body: unknown): void {
    this.body = body;
  }

  abort(): void {
    this.dispatchEvent(new Event('abort'));
  }

  getAllResponseHeaders(): string {
    return 'content-type: application/json\r\nretry-after: 7\r\n';
  }
}

const made: FakeXhr[] = [];
beforeEach(() => {
  made.length = 0;
  vi.stubGlobal('XMLHttpRequest', FakeXhr);
});
afterEach(() => void vi.unstubAllGlobals());

/** An upload that is under way. */
function begin() {
  const stop = new AbortController();
  const listening = {
    begun: vi.spyOn(stop.signal, 'addEventListener'),
    ended: vi.spyOn(stop.signal, 'removeEventListener'),
  };
  const onProgress = vi.fn<(progress: { sent_bytes: number; total_bytes: number }) => void>();
  const answer = sendByXhr({
    url: 'http://x/files',
    token: 'access-0',
    file: new Blob(['x'.repeat(1_000)]),
    filename: 'x.txt',
    onProgress,
    signal: stop.signal,
  });
  const [xhr] = made;
  if (!xhr) throw new Error('nothing was sent');
  const listeners = () => [listening.begun, listening.ended].map(({ mock }) => mock.calls.map(([, each]) => each));
  return { stop, xhr, answer, onProgress, listeners };
}

test('the file is sent as a form, progress is its share of it, and the answer is read', async () => {
  const { xhr, answer, onProgress, listeners } = begin();
  expect([xhr.request, xhr.headers]).toEqual([['POST', 'http://x/files'], { authorization: 'Bearer access-0' }]);
  expect(xhr.body).toBeInstanceOf(FormData);
  xhr.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded: 600, total: 1_200 }));
  expect(onProgress.mock.calls).toEqual([[{ sent_bytes: 500, total_bytes: 1_000 }]]);
  xhr.dispatchEvent(new Event('load'));
  const { status, headers, text } = await answer;
  expect([status, headers.get('retry-after'), text]).toEqual([201, '7', '{}']);
  const [begun, ended] = listeners();
  expect(begun).toHaveLength(1);
  expect(ended).toEqual(begun);
});

test.each(['error', 'timeout'])('an upload that ends with %s is NETWORK', async (type) => {
  const { xhr, answer } = begin();
  xhr.dispatchEvent(new Event(type));
  await expect(answer).rejects.toMatchObject({ code: 'NETWORK' });
});

test('one is aborted with its signal, whose reason is heard', async () => {
  const { stop, answer } = begin();
  stop.abort(new Error('changed my mind'));
  await expect(answer).rejects.toThrow('changed my mind');
});
