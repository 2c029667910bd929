import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { EventView, HealthView, NetworkThreat } from '@phalanx/contracts';
import { addressBytes, describeInLab, FrameCapture, type ProvisionedBox, sendFrames, SteadyClient, waitUntil } from '@phalanx/testing';
import { type LabFixture, LISTEN_PORT, startLabFixture } from './lab-fixture.js';
import { type Aim, type Attack, ATTACKS, echo, sweep } from './network/hostile-packets.js';
import { GUARDED, runNetwork } from './network/network-policy.js';

type NetworkEventView = Extract<EventView, { kind: 'network' }>;

const BOX = { 4: '10.10.0.11', 6: 'fd10::11' } as const;
/** Networks behind the attacker: each attack has a source of its own, so that none is blocked for what another did. */
const sourceOf = (v: 4 | 6, n: number) => (v === 4 ? `10.66.${n + 1}.1` : `fd66:${(n + 1).toString(16)}::1`);
const cases = ATTACKS.flatMap((attack, n) =>
  (attack.families ?? ([4, 6] as const)).map((v) => ({ ...attack, v, n, name: `IPv${v}: ${attack.title}` })),
);

/** Where the destination stands in a frame, and the bytes that tell answers to TCP apart. */
function answersTo(frames: readonly Buffer[], address: string): number {
  const wanted = addressBytes(address);
  const seen = new Set<string>();
  let others = 0;
  for (const frame of frames) {
    const is6 = frame.readUInt16BE(12) === 0x86dd;
    if (!is6 && frame.readUInt16BE(12) !== 0x0800) continue;
    const head = is6 ? 40 : 20;
    if (!frame.subarray(14 + head - wanted.length, 14 + head).equals(wanted)) continue;
    const protocol = is6 ? frame[20] : frame[23];
    // Retransmissions are one answer.
    if (protocol === 6) seen.add(frame.toString('hex', 14 + head, 14 + head + 4));
    else others++;
  }
  return seen.size + others;
}

describeInLab('attacks on the network, through a real appliance', () => {
  let fixture: LabFixture;
  let box: ProvisionedBox;
  let client: SteadyClient;
  let capture: FrameCapture;

  const api = () => fixture.api;
  const events = () => api().all<NetworkEventView>(`/api/v1/events?kind=network&applianceId=${box.appliance.id}`);
  const aim = (attack: Pick<Attack, 'source' | 'target'>, v: 4 | 6, n: number): Aim => ({
    source: attack.source?.(v) ?? sourceOf(v, n),
    target: attack.target?.(v) ?? BOX[v],
    macs: { source: fixture.attacker.links[0]!.mac, target: fixture.boxes[0]!.links[0]!.mac },
  });

  /** Waits until so many packets were told of, and answers the events. */
  const told = (threat: NetworkThreat, source: string, packets: number) =>
    waitUntil(
      `${packets} packets of ${threat} from ${source}`,
      async () => {
        const found = (await events()).filter((event) => event.threat === threat && event.source === source);
        const count = found.reduce((sum, event) => sum + event.count, 0);
        if (count < packets) throw new Error(`${count} were told of`);
        return found;
      },
      { timeoutMs: 30_000, intervalMs: 300 },
    );

  beforeAll(async () => {
    fixture = await startLabFixture();
    box = await fixture.provision(0, { name: 'guarded' });
    const [host] = fixture.boxes;
    await host!.route('10.66.0.0/16', { via: '10.10.0.66' });
    await host!.route('fd66::/16', { via: 'fd10::66' });
    await runNetwork(fixture.api, box, GUARDED);
    client = await SteadyClient.start(fixture.client, { address: BOX[4], port: LISTEN_PORT, requestsPerSecond: 20, keepAlive: true });
    capture = await FrameCapture.start(fixture.attacker.links[0]!);
  }, 180_000);

  afterAll(() => fixture?.stop(), 60_000);

  it('lets an honest host through whatever it does: pings, large ones in fragments', async () => {
    for (const [address, size] of [
      [BOX[4], 56],
      [BOX[4], 4000],
      [BOX[6], 4000],
    ] as const)
      await fixture.client.run('ping', ['-n', '-q', '-c', '2', '-i', '0.1', '-W', '2', '-s', String(size), address]);
  });

  it.each(cases)(
    '$name: stopped, counted, told with its source',
    async (attack) => {
      const { threat, v, n, stopped, answers, frames, isBlocked = false } = attack;
      const where = aim(attack, v, n);
      const before = capture.seen().length;
      await sendFrames(fixture.attacker.links[0]!, frames(where));
      const found = await told(threat, where.source, stopped);
      expect(found.every((event) => event.action === 'blocked' && (event.interface ?? 'eth0') === 'eth0' && event.from <= event.time)).toBe(
        true,
      );
      expect(found.some((event) => event.blockedUntil !== null)).toBe(isBlocked);
      expect(answersTo(capture.seen().slice(before), where.source)).toBeLessThanOrEqual(answers);
    },
    60_000,
  );

  it.each([4, 6] as const)(
    'IPv%i: a sweep over hosts behind the box: stopped, counted, told with its source',
    async (v) => {
      const where = aim({}, v, 200);
      await sendFrames(fixture.attacker.links[0]!, sweep(where));
      const [event] = await told('sweep', where.source, 1);
      expect(event!.blockedUntil).not.toBeNull();
      // From then on nothing of it is heard.
      const before = capture.seen().length;
      await sendFrames(fixture.attacker.links[0]!, [echo({ ...where, target: BOX[v] })]);
      await told('blocked-address', where.source, 1);
      expect(answersTo(capture.seen().slice(before), where.source)).toBe(0);
    },
    60_000,
  );

  it('served the legitimate client all the while', async () => {
    const { sent, failed } = await client.stop();
    expect(failed).toEqual([]);
    expect(sent).toBeGreaterThan(100);
    console.log(`${cases.length + 2} attacks; ${sent} requests of the legitimate client, none failed`);
  }, 60_000);

  it('tells sums that are exact: events and figures of the heartbeat agree', async () => {
    const sums = async () => {
      const told_ = new Map<string, number>();
      for (const event of await events()) told_.set(event.threat, (told_.get(event.threat) ?? 0) + event.count);
      const { network } = await api().get<HealthView>(`/api/v1/appliances/${box.appliance.id}/health`);
      return (network?.stopped ?? []).map(({ threat, packets }) => ({ threat, packets, told: told_.get(threat) ?? 0 }));
    };
    const same = await waitUntil(
      'events and figures to agree',
      async () => {
        const all = await sums();
        const odd = all.filter(({ packets, told: sum }) => packets !== sum);
        if (all.length === 0 || odd.length > 0) throw new Error(JSON.stringify(odd));
        return all;
      },
      { timeoutMs: 45_000, intervalMs: 1_000 },
    );
    console.log(same.map(({ threat, packets }) => `${threat} ${packets}`).join(', '));
  }, 60_000);
});
