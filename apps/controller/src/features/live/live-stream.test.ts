import { afterEach, describe, expect, it } from '@jest/globals';
import type { EventView, Permission } from '@phalanx/contracts';
import { silentLogger } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import type { Principal } from '../../platform/http/principal.js';
import { sampleAttack } from '../../testing/sample-events.js';
import { LiveAudience } from './live-audience.js';
import { type LiveSink, LiveStream } from './live-stream.js';

const OWN = '00000000-0000-4000-8000-00000000000a';
const OTHER = '00000000-0000-4000-8000-00000000000b';

function principal(tenants: Partial<Record<Permission, string[]>>): Principal {
  return { tenantsOf: new Map(Object.entries(tenants)), providerWide: new Set() } as unknown as Principal;
}

class MemorySink implements LiveSink {
  text = '';
  writableLength = 0;
  isEnded = false;
  write(text: string): boolean {
    this.text += text;
    return true;
  }
  end(): void {
    this.isEnded = true;
  }
  messages(): { event: string; data: Record<string, unknown> }[] {
    return [...this.text.matchAll(/event: (\w+)\ndata: (.*)\n/g)].map(([, event, data]) => ({
      event: event!,
      data: JSON.parse(data!) as Record<string, unknown>,
    }));
  }
}

let stream: LiveStream;
afterEach(() => stream.close());

function open(sink: MemorySink, audience: LiveAudience, asked: string[][] = []): void {
  const events = (ids: readonly string[]) => {
    asked.push([...ids]);
    return Promise.resolve(ids.map((id) => ({ ...sampleAttack(), id, tenantId: OWN }) as unknown as EventView));
  };
  stream = new LiveStream(sink, { audience: () => Promise.resolve(audience), events }, audience, silentLogger);
}

describe('a live stream', () => {
  it('tells what its audience may read, a burst of events by one query', async () => {
    const sink = new MemorySink();
    const asked: string[][] = [];
    open(sink, new LiveAudience(principal({ 'event:read': [OWN] }), {}), asked);
    for (const id of ['1', '2', '2', '3']) stream.hear({ topic: 'event', tenantId: OWN, ids: [id] });
    stream.hear({ topic: 'event', tenantId: OTHER, ids: ['4'] });
    stream.hear({ topic: 'appliance', tenantId: OWN, ids: ['5'] });
    stream.hear({ topic: 'policy', tenantId: null, ids: ['6'] });
    await waitUntil('the messages', () => sink.messages().length > 0);
    expect(sink.messages().map(({ data }) => data['id'])).toEqual(['1', '2', '3']);
    expect(asked).toEqual([['1', '2', '3']]);
  });

  it('holds only so much for a slow reader, and says how many it left out', async () => {
    const sink = new MemorySink();
    open(sink, new LiveAudience(principal({ 'fleet:read': [OWN] }), {}));
    sink.writableLength = 1_000_000;
    for (let n = 0; n < 1_000; n++) stream.hear({ topic: 'appliance', tenantId: OWN, ids: [`${n}`] });
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(sink.messages()).toEqual([]);
    sink.writableLength = 0;
    const [first, ...rest] = await waitUntil('the messages', () => (sink.messages().length > 0 ? sink.messages() : null));
    expect(first).toEqual({ event: 'dropped', data: { count: 700 } });
    expect(rest).toHaveLength(300);
  });

  it('ends when the caller has no rights any more', async () => {
    const sink = new MemorySink();
    const audience = new LiveAudience(principal({}), {});
    const source = { audience: () => Promise.reject(new Error('signed out')), events: () => Promise.resolve([]) };
    stream = new LiveStream(sink, source, audience, silentLogger);
    await stream.recheck();
    expect(sink.isEnded).toBe(true);
  });
});
