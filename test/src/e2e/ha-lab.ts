import { randomUUID } from 'node:crypto';
import type { ApplianceHa } from '@phalanx/contracts';
import { builtProgram, Lab, type LabHost, type LabSegment, SteadyClient, type SteadyReport, waitUntil } from '@phalanx/testing';
import { HaMember } from './ha-member.js';

export const VIRTUAL_ADDRESS = '10.10.0.100';
const SHOP_PORT = 8080;
const LISTEN_PORT = 80;
const RATE = 50;

/**
 * A pair without a controller, before a shop, and a client that uses its virtual address. Addresses: outside 10.10.0.x (client 10, attacker 66,
 * members 11 and 12), inside 10.20.0.x (shop 80, members 11 and 12).
 */
export class HaLab {
  private constructor(
    readonly lab: Lab,
    readonly outside: LabSegment,
    readonly client: LabHost,
    readonly attacker: LabHost,
    readonly members: readonly [HaMember, HaMember],
  ) {}

  static async start(settings: Partial<ApplianceHa['settings']> = {}, environments: readonly NodeJS.ProcessEnv[] = []): Promise<HaLab> {
    const lab = await Lab.create();
    try {
      const outside = await lab.segment('outside');
      const inside = await lab.segment('inside');
      const client = await lab.host('client');
      await client.join(outside, { addresses: ['10.10.0.10/24', 'fd10::10/64'] });
      const attacker = await lab.host('attacker');
      await attacker.join(outside, { addresses: ['10.10.0.66/24'] });
      const shop = await lab.host('shop');
      await shop.join(inside, { addresses: ['10.20.0.80/24'] });
      await shop.node(builtProgram('libs/testing/dist/shop/main.js'), [String(SHOP_PORT), '10.20.0.80']).line(/^shop listening/m);
      const documents = pairOf(settings);
      const members: HaMember[] = [];
      for (const [index, ha] of documents.entries()) {
        const host = await lab.host(`box-${index + 1}`);
        await host.join(outside, { addresses: [`10.10.0.${11 + index}/24`, `fd10::${11 + index}/64`] });
        await host.join(inside, { addresses: [`10.20.0.${11 + index}/24`] });
        const member = new HaMember(host, ha, environments[index]);
        await member.startEngine(LISTEN_PORT, { host: '10.20.0.80', port: SHOP_PORT });
        await member.startAgent();
        members.push(member);
      }
      const [first, second] = members as [HaMember, HaMember];
      await first.apply();
      await second.apply();
      const world = new HaLab(lab, outside, client, attacker, [first, second]);
      await world.settled(first);
      return world;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.killAgent()));
    await this.lab.close();
  }

  /** Gives both members other settings. */
  async set(settings: Partial<ApplianceHa['settings']>): Promise<void> {
    await Promise.all(this.members.map((member) => member.apply({ settings: { ...member.ha.settings, ...settings } })));
  }

  master(): HaMember {
    const masters = this.members.filter((member) => member.status().state === 'master');
    if (masters.length !== 1) throw new Error(`${masters.length} members are master`);
    return masters[0]!;
  }

  peerOf(member: HaMember): HaMember {
    return this.members[0] === member ? this.members[1] : this.members[0];
  }

  /** One master that has the addresses, one backup that has none. Answers the master. */
  async settled(expected?: HaMember): Promise<HaMember> {
    return waitUntil(
      'one master and one backup',
      async () => {
        const master = this.master();
        const backup = this.peerOf(master);
        if (expected && master !== expected) throw new Error('the other member is master');
        if (backup.status().state !== 'backup') throw new Error(`the other member is ${backup.status().state}`);
        const held = [await master.held(), await backup.held()];
        const wanted = master.ha.settings.virtualAddresses.length;
        if (held[0]!.length !== wanted || held[1]!.length !== 0) throw new Error(`addresses: ${JSON.stringify(held)}`);
        return master;
      },
      { timeoutMs: 20_000, intervalMs: 50 },
    );
  }

  /** Sends 50 requests a second to the virtual address while something happens, and a little longer. */
  async underTraffic(what: () => Promise<void>, longerMs = 600): Promise<SteadyReport> {
    const options = { address: VIRTUAL_ADDRESS, port: LISTEN_PORT, path: '/product?id=1', requestsPerSecond: RATE, timeoutMs: 1_500 };
    const client = await SteadyClient.start(this.client, options);
    const goodOnes = () => client.outcomes.filter(({ status }) => status === 200).length;
    await waitUntil('answers', () => goodOnes() >= 10);
    await what();
    const before = goodOnes();
    await waitUntil('answers after it', () => goodOnes() > before + 5, { timeoutMs: 15_000, intervalMs: 10 });
    await new Promise((resolve) => setTimeout(resolve, longerMs));
    return client.stop();
  }
}

function pairOf(settings: Partial<ApplianceHa['settings']>): readonly [ApplianceHa, ApplianceHa] {
  const ids = { tenantId: randomUUID(), clusterId: randomUUID() };
  const [a, b] = [
    { applianceId: randomUUID(), address: '10.10.0.11', priority: 150 },
    { applianceId: randomUUID(), address: '10.10.0.12', priority: 100 },
  ];
  const whole: ApplianceHa['settings'] = {
    vrid: 51,
    virtualAddresses: [
      { address: `${VIRTUAL_ADDRESS}/24`, interface: 'eth0' },
      { address: 'fd10::100/64', interface: 'eth0' },
    ],
    advertMs: 100,
    transport: 'unicast',
    preempt: false,
    track: { intervalMs: 200, fall: 2, rise: 2 },
    syncPort: 3780,
    ...settings,
  };
  const document = (own: typeof a, peer: typeof a): ApplianceHa => ({
    version: 1,
    ...ids,
    ...own,
    settings: whole,
    interface: 'eth0',
    peer,
    order: 'normal',
    commandId: null,
  });
  return [document(a!, b!), document(b!, a!)];
}
