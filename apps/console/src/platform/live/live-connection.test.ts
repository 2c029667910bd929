import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Gather } from './gather.js';
import { type EventStream, LiveConnection } from './live-connection.js';

class FakeStream implements EventStream {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  readonly listeners = new Map<string, (message: { data: string }) => void>();
  constructor(readonly url: string) {}
  addEventListener(name: string, listener: (message: { data: string }) => void): void {
    this.listeners.set(name, listener);
  }
  close(): void {
    this.closed = true;
  }
  say(name: string, data: unknown): void {
    this.listeners.get(name)?.({ data: JSON.stringify(data) });
  }
}

describe('LiveConnection', () => {
  let streams: FakeStream[];
  let live: LiveConnection;
  beforeEach(() => {
    jest.useFakeTimers();
    streams = [];
    live = new LiveConnection({
      open: (url) => {
        const stream = new FakeStream(url);
        streams.push(stream);
        return stream;
      },
      topics: ['appliance', 'event'],
      tenantId: 't1',
    });
  });
  afterEach(() => {
    live.close();
    jest.useRealTimers();
  });

  it('opens one stream for all that listen, and another when the topics change', () => {
    live.listen('appliance', () => undefined);
    const stop = live.listen('event', () => undefined);
    jest.advanceTimersByTime(100);
    expect(streams.map(({ url }) => url)).toEqual(['/api/v1/live?tenantId=t1&topics=appliance%2Cevent']);
    stop();
    jest.advanceTimersByTime(100);
    expect(streams[0]!.closed).toBe(true);
    expect(streams[1]!.url).toBe('/api/v1/live?tenantId=t1&topics=appliance');
  });

  it('never asks for a topic that the caller may not see', () => {
    live.listen('policy', () => undefined);
    jest.advanceTimersByTime(100);
    expect(streams).toEqual([]);
    expect(live.status()).toBe('off');
  });

  it('hands each message to those who listen to its topic', () => {
    const heard: string[] = [];
    live.listen('appliance', ({ id }) => heard.push(id));
    jest.advanceTimersByTime(100);
    streams[0]!.say('appliance', { topic: 'appliance', tenantId: 't1', id: 'a' });
    streams[0]!.say('event', { topic: 'event', tenantId: 't1', id: 'b' });
    expect(heard).toEqual(['a']);
  });

  it('comes back after a break with growing waits, and says that something may be missing', () => {
    let resumed = 0;
    live.onResume(() => resumed++);
    live.listen('appliance', () => undefined);
    jest.advanceTimersByTime(100);
    streams[0]!.onopen!();
    expect(live.status()).toBe('open');
    streams[0]!.onerror!();
    expect(live.status()).toBe('lost');
    jest.advanceTimersByTime(1_000);
    streams[1]!.onerror!();
    jest.advanceTimersByTime(1_000);
    expect(streams.length).toBe(2);
    jest.advanceTimersByTime(1_000);
    streams[2]!.onopen!();
    expect([live.status(), resumed]).toEqual(['open', 1]);
    streams[2]!.say('dropped', { count: 3 });
    expect(resumed).toBe(2);
  });
});

describe('Gather', () => {
  it('does its work once for all that came meanwhile', () => {
    jest.useFakeTimers();
    const done: string[][] = [];
    const gather = new Gather<string>(400, (items) => done.push([...items]));
    gather.add('a');
    gather.add('b');
    gather.add('a');
    jest.advanceTimersByTime(400);
    gather.add('c');
    gather.stop();
    jest.advanceTimersByTime(400);
    expect(done).toEqual([['a', 'b']]);
    jest.useRealTimers();
  });
});
