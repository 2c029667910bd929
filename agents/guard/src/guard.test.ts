import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeInLab, monotonicMs, SteadyClient, steadyReport, waitUntil } from '@phalanx/testing';
import { BOX, GuardedBox, PORT } from './testing/guarded-box.js';

/** The last thread of a process that was killed may still hold its sockets for a moment. */
const DYING_MS = 50;

describeInLab('the guard of a single box', () => {
  let world: GuardedBox;

  beforeEach(async () => {
    world = await GuardedBox.create();
    await world.startEngine();
    await world.startGuard();
  }, 120_000);

  afterEach(() => world?.close());

  it('has traffic go on to the origin when the engine is killed, again and again, and back to the engine when it serves', async () => {
    await world.plan('fail-open');
    const client = await SteadyClient.start(world.client, { address: BOX, port: PORT, requestsPerSecond: 50 });
    const lines: string[] = [];
    for (let round = 1; round <= 3; round++) {
      await waitUntil('steady answers', () => client.outcomes.length > round * 20);
      const killedMs = monotonicMs();
      await world.killEngine();
      const deadMs = monotonicMs();
      await waitUntil('the bypass', () => world.state().state === 'open');
      const bypassedFrom = client.outcomes.length;
      await waitUntil('answers by the bypass', () => client.outcomes.length > bypassedFrom + 25);
      await world.startEngine();
      const servedMs = monotonicMs();
      await waitUntil('the end', () => world.events().filter(({ code }) => code === 'availability.bypass-ended').length === round);
      const during = client.outcomes.filter(({ endedMs }) => endedMs >= killedMs - 100 && endedMs <= servedMs + 100);
      const { failed } = steadyReport(during);
      const good = client.outcomes.filter(({ status }) => status === 200);
      const backMs = Math.min(...good.filter(({ startedMs }) => startedMs >= killedMs).map(({ endedMs }) => endedMs)) - killedMs;
      lines.push(`round ${round}: ${failed.length} of ${during.length} failed, service returned ${Math.round(backMs)} ms after the kill`);
      // What was under way when the engine died, and nothing after.
      expect(failed.filter(({ startedMs }) => startedMs > deadMs + DYING_MS)).toEqual([]);
      expect(backMs).toBeLessThan(200);
    }
    const report = await client.stop();
    console.log(
      lines.join('\n'),
      `all: ${report.failed.length} of ${report.sent} failed, longest gap ${Math.round(report.longestGapMs)} ms`,
    );
    const peers = new Set(world.origin.requests.map(({ headers }) => headers['via'] ?? headers['x-forwarded-for'] ?? 'direct'));
    expect(peers).toEqual(new Set(['10.1.0.2', 'direct']));
    const ended = world.events().filter(({ code }) => code === 'availability.bypass-ended');
    expect(ended.every(({ details }) => Number(details['connections']) >= 25)).toBe(true);
  }, 120_000);

  it('cuts a keep-alive connection that began during the bypass within its grace, and its client comes back to the engine', async () => {
    await world.plan('fail-open', { graceMs: 300 });
    await world.killEngine();
    await waitUntil('the bypass', () => world.state().state === 'open');
    const client = await SteadyClient.start(world.client, { address: BOX, port: PORT, requestsPerSecond: 50, keepAlive: true });
    await waitUntil('answers by the bypass', () => client.outcomes.length > 20);
    expect(new Set(world.origin.requests.map(({ peerPort }) => peerPort)).size).toBe(1);
    await world.startEngine();
    const servedMs = monotonicMs();
    await waitUntil('the end', () => world.events().some(({ code }) => code === 'availability.bypass-ended'));
    const answers = client.outcomes.length;
    await waitUntil('answers by the engine', () => client.outcomes.length > answers + 20);
    const { failed } = await client.stop();
    const last = world.origin.requests.filter(({ headers }) => !headers['x-forwarded-for']).at(-1)!;
    const ended = world.events().find(({ code }) => code === 'availability.bypass-ended')!;
    console.log(
      `cut ${Math.round(last.atMs - servedMs)} ms after the engine served, ${failed.length} failed; ${JSON.stringify(ended.details)}`,
    );
    expect(last.atMs - servedMs).toBeLessThan(2_000);
    expect(failed.length).toBeLessThanOrEqual(1);
    expect(ended.details).toMatchObject({ cut: 1, connections: 1, listeners: [`${BOX} ${PORT}`] });
  }, 120_000);

  it('answers 503 while the engine is dead where the policy says so, and nothing reaches the origin', async () => {
    await world.plan('fail-closed');
    const client = await SteadyClient.start(world.client, { address: BOX, port: PORT, requestsPerSecond: 50 });
    await waitUntil('answers', () => client.outcomes.length > 10);
    await world.killEngine();
    const deadMs = monotonicMs();
    await waitUntil('refusals', () => client.outcomes.filter(({ status }) => status === 503).length > 20);
    expect(world.state().state).toBe('closed');
    const head = await world.client.run('curl', ['-si', '-m', '2', `http://${BOX}:${PORT}/`]);
    expect(head).toMatch(/503 Service Unavailable[\s\S]*retry-after: 5/i);
    await world.startEngine();
    await waitUntil('the end', () => world.state().state === 'watching');
    await waitUntil('answers of the engine', () => client.outcomes.at(-1)?.status === 200);
    const { failed } = await client.stop();
    expect(failed.filter(({ status, startedMs }) => status !== 503 && startedMs > deadMs + DYING_MS)).toEqual([]);
    expect(world.origin.requests.every(({ headers }) => headers['x-forwarded-for'] === '10.1.0.2')).toBe(true);
    expect(world.events().map(({ code }) => code)).toEqual(['availability.refusing', 'availability.refusing-ended']);
  }, 120_000);

  it('leaves traffic to the workers when only their primary was killed', async () => {
    await world.plan('fail-open');
    const client = await SteadyClient.start(world.client, { address: BOX, port: PORT, requestsPerSecond: 50 });
    await waitUntil('answers', () => client.outcomes.length > 10);
    world.engine!.kill('SIGKILL');
    await world.engine!.exited;
    const answers = client.outcomes.length;
    await waitUntil('further answers', () => client.outcomes.length > answers + 50);
    expect(world.state()).toMatchObject({ state: 'watching', bypassedConnections: 0 });
    expect((await client.stop()).failed).toEqual([]);
    expect(world.origin.requests.every(({ headers }) => headers['x-forwarded-for'] === '10.1.0.2')).toBe(true);
  }, 120_000);

  it('goes past an engine that hangs, and back when it answers', async () => {
    await world.plan('fail-open');
    const pids = await world.enginePids();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await waitUntil('the bypass', () => world.state().state === 'open', { timeoutMs: 20_000 });
    expect(world.events().at(-1)).toMatchObject({ code: 'availability.bypass-opened', details: { reason: 'hung' } });
    const client = await SteadyClient.start(world.client, { address: BOX, port: PORT, requestsPerSecond: 50 });
    await waitUntil('answers by the bypass', () => client.outcomes.filter(({ status }) => status === 200).length > 10);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await waitUntil('the end', () => world.state().state === 'watching', { timeoutMs: 20_000 });
    expect((await client.stop()).failed).toEqual([]);
  }, 120_000);

  it('has the kernel act also when the guard itself is dead, and the next guard ends it', async () => {
    await world.plan('fail-open');
    world.guard!.kill('SIGKILL');
    await world.killEngine();
    const client = await SteadyClient.start(world.client, { address: BOX, port: PORT, requestsPerSecond: 50, keepAlive: true });
    await waitUntil('answers by the bypass', () => client.outcomes.length > 20);
    await world.startEngine();
    await world.startGuard();
    await waitUntil('the cut', () => world.origin.requests.at(-1)?.headers['x-forwarded-for'] === '10.1.0.2');
    const { failed } = await client.stop();
    expect(failed.length).toBeLessThanOrEqual(1);
    expect(world.events().at(-1)).toMatchObject({ code: 'availability.bypass-found', details: { cut: 1 } });
  }, 120_000);

  it('sends nothing past the engine of a pair’s member while its peer serves, or may yet', async () => {
    world.writeHaState({ state: 'fault', held: [], peerSeenAt: new Date().toISOString() });
    await world.plan('fail-open', { hasPeer: true, peerMs: 500 });
    await world.killEngine();
    await waitUntil('the wait', () => world.state().state === 'waiting-for-peer');
    const client = await SteadyClient.start(world.client, { address: BOX, port: PORT, requestsPerSecond: 50 });
    await waitUntil('refusals', () => client.outcomes.length > 50);
    expect(client.outcomes.filter(({ status }) => status === 200)).toEqual([]);
    expect(world.origin.requests).toEqual([]);
    // No peer has been heard for a while: there is none.
    world.writeHaState({ state: 'fault', held: [], peerSeenAt: new Date(Date.now() - 60_000).toISOString() });
    await waitUntil('the bypass', () => client.outcomes.at(-1)?.status === 200);
    expect(world.state().state).toBe('open');
    // It comes back.
    world.writeHaState({ state: 'fault', held: [], peerSeenAt: new Date().toISOString() });
    await waitUntil('the wait again', () => world.state().state === 'waiting-for-peer');
    await client.stop();
    const codes = world.events().map(({ code }) => code);
    expect(codes).toEqual(['availability.waiting-for-peer', 'availability.bypass-opened', 'availability.waiting-for-peer']);
  }, 120_000);

  it('lets nothing but its own connections across the box, and takes everything back without a plan', async () => {
    await world.plan('fail-open');
    expect(await world.forwarding()).toBe('1');
    await world.client.route('10.2.0.0/24', { via: BOX });
    const direct = await world.client.attempt('curl', ['-s', '-m', '1', 'http://10.2.0.2:8080/']);
    expect(direct.code).not.toBe(0);
    expect(world.origin.requests).toEqual([]);
    world.removePlan();
    await waitUntil('the table to go', async () => (await world.table()) === '');
    expect(await world.forwarding()).toBe('0');
  }, 120_000);
});
