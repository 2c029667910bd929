import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readServerEvents, type ServerEvent } from './server-events.js';

function streamOf(bytes: Uint8Array, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return new ReadableStream({
    start(controller) {
      for (let i = 1; i < places.length; i++) controller.enqueue(bytes.slice(places[i - 1], places[i]));
      controller.close();
    },
  });
}

async function read(text: string, cuts: readonly number[] = []): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readServerEvents(streamOf(new TextEncoder().encode(text), cuts))) events.push(event);
  return events;
}

describe('a stream of server-sent events', () => {
  const TEXT = ': hello\n\nevent: event\ndata: {"a":"한"}\n\ndata: 1\ndata: 2\n\n';

  it('gives each event with its name and lines, and passes over comments', async () => {
    expect(await read(TEXT)).toEqual([
      { event: 'event', data: '{"a":"한"}' },
      { event: 'message', data: '1\n2' },
    ]);
  });

  it('gives the same wherever the network cuts it', async () => {
    const whole = await read(TEXT);
    const length = new TextEncoder().encode(TEXT).length;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: length }), { maxLength: 6 }), async (cuts) => {
        expect(await read(TEXT, cuts)).toEqual(whole);
      }),
    );
  });
});
