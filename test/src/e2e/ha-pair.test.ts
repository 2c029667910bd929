import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInLab, ethernet, ipv4, monotonicMs, sendFrames, SteadyClient, waitUntil } from '@phalanx/testing';
import { HaLab, VIRTUAL_ADDRESS } from './ha-lab.js';

describeInLab('a pair in its network', () => {
  let pair: HaLab;

  beforeAll(async () => {
    pair = await HaLab.start();
  }, 90_000);

  afterAll(() => pair?.close(), 60_000);

  /** A request to the virtual address, by curl in the client's host. */
  async function shop(...args: readonly string[]): Promise<string> {
    return pair.client.run('curl', ['-s', '-i', '--max-time', '5', ...args]);
  }

  it('keeps a visitor logged in, with the form that was open, when the master changes', async () => {
    const url = `http://${VIRTUAL_ADDRESS}/account`;
    const login = await shop('-d', 'user=kim', `http://${VIRTUAL_ADDRESS}/login`);
    const cookie = /set-cookie: ([^;\r\n]+)/i.exec(login)![1]!;
    const token = /name="token" value="([0-9a-f]+)"/.exec(await shop('-b', cookie, url))![1]!;
    const master = await pair.settled();
    await master.apply({ order: 'yield', commandId: randomUUID() });
    await pair.settled(pair.peerOf(master));
    expect(await shop('-b', cookie, url)).toContain('Hello kim');
    expect(await shop('-b', cookie, '-d', `token=${token}&email=kim@example.com`, url)).toContain('Saved kim@example.com for kim.');
    await master.apply({ order: 'normal', commandId: null });
  }, 40_000);

  it('takes VRRP and connection state from its signed peer alone, and tells who else sent some', async () => {
    const master = await pair.settled();
    const [link] = pair.attacker.links;
    // An owner's advertisement of this virtual router: whoever believes it gives its addresses away. RFC 9568 5.1
    const advert = Buffer.from('3133ff010000000a0a0a0064', 'hex');
    const frame = ethernet(
      { source: link!.mac, target: master.host.links[0]!.mac },
      ipv4({ source: '10.10.0.66', target: master.ha.address, protocol: 112, ttl: 255 }, advert),
    );
    await sendFrames(
      link!,
      Array.from({ length: 20 }, () => frame),
    );
    const told = await waitUntil(
      'the event of it',
      () => master.events().find((event) => event.kind === 'network' && event.source === '10.10.0.66'),
      { timeoutMs: 12_000 },
    );
    expect(told).toMatchObject({ threat: 'foreign-peer', action: 'blocked', protocol: 'vrrp', count: 20 });
    expect(await pair.settled()).toBe(master);
  }, 40_000);

  it('goes on with the same master when the keeper or the agent dies, and has no gap', async () => {
    const master = await pair.settled();
    const before = master.transitions().length;
    const { keeper, child } = master.pids();
    const report = await pair.underTraffic(async () => {
      process.kill(keeper, 'SIGKILL');
      await waitUntil('another keeper', () => master.pids().keeper !== keeper && master.status().state === 'master', { timeoutMs: 15_000 });
      await master.killAgent();
    });
    expect(report.failed).toEqual([]);
    expect(master.pids().child).toBe(child);
    expect(master.transitions()).toHaveLength(before);
    // Without an agent the keeper does what it always does.
    const again = await pair.underTraffic(async () => void process.kill(master.pids().child, 'SIGKILL'));
    expect(again.longestGapMs).toBeLessThan(1_000);
    expect(await pair.settled()).toBe(master);
    await master.startAgent();
    expect((await master.observe()).diff).toBeNull();
  }, 60_000);

  it('shows what was edited by hand line by line, and puts it right when it is applied again', async () => {
    const member = await pair.settled();
    const digest = (await member.observe()).digest;
    const config = join(member.home, 'ha/keepalived.conf');
    writeFileSync(config, member.file('keepalived.conf').replace('priority 150', 'priority 151').replace('priority 100', 'priority 101'));
    process.kill(member.pids().parent, 'SIGHUP');
    await member.host.run('nft', ['delete', 'chain', 'inet', 'phalanx_ha', 'input']);
    const drifted = await waitUntil('the drift', async () => {
      const found = await member.observe();
      return found.diff?.includes('+priority') ? found : null;
    });
    expect(drifted.digest).not.toBe(digest);
    expect(drifted.diff).toMatch(/^-  priority (150|100)$/m);
    expect(drifted.diff).toMatch(/^\+priority (151|101), nopreempt, accept$/m);
    expect(drifted.diff).toMatch(/^- {2}chain input \{$/m);
    expect(await member.apply()).toBe(digest);
    expect(await member.observe()).toEqual({ digest, diff: null });
    expect(await pair.settled()).toBe(member);
  }, 60_000);

  it('takes a virtual address away that stands on the backup', async () => {
    const backup = pair.peerOf(await pair.settled());
    const atMs = monotonicMs();
    await backup.host.ip('address', 'add', `${VIRTUAL_ADDRESS}/24`, 'dev', 'eth0');
    await waitUntil('it to be gone', async () => (await backup.held()).length === 0, { timeoutMs: 10_000 });
    await waitUntil('the event', () => backup.transitions(atMs).some(({ mended }) => mended.includes('removed-stale-address')));
  }, 30_000);

  it('never makes a member master that is under maintenance, nor one that was demoted, and takes it back', async () => {
    for (const order of ['maintenance', 'demoted'] as const) {
      const member = await pair.settled();
      const peer = pair.peerOf(member);
      const report = await pair.underTraffic(() => member.apply({ order, commandId: randomUUID() }).then(() => undefined));
      if (order === 'maintenance') expect(report.failed.length).toBeLessThanOrEqual(2);
      await waitUntil('the peer to be master', () => peer.status().state === 'master' && member.status().state === 'fault');
      expect(await member.held()).toEqual([]);
      // It still hears its peer, so that the controller can tell that the pair is whole again.
      const since = member.status().since;
      await waitUntil('a sign of the peer', () => (member.status().peerSeenAt ?? '') > since, { timeoutMs: 10_000 });
      await peer.killAgent();
      for (const pid of Object.values(peer.pids())) process.kill(pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(member.status().state).toBe('fault');
      await peer.startAgent();
      await member.apply({ order: 'normal', commandId: null });
      await pair.settled();
    }
  }, 90_000);

  it('stays in service when it is told to yield and no peer is there', async () => {
    const master = await pair.settled();
    const peer = pair.peerOf(master);
    await peer.ask('remove');
    expect(await peer.held()).toEqual([]);
    expect((await peer.host.run('nft', ['list', 'ruleset'])).includes('phalanx_ha')).toBe(false);
    expect(await peer.ask('observe', null)).toEqual({ digest: null, diff: null });
    const report = await pair.underTraffic(() => master.apply({ order: 'yield', commandId: randomUUID() }).then(() => undefined), 1_500);
    expect(report.failed).toEqual([]);
    expect(master.status().state).toBe('master');
    await peer.apply();
    await master.apply({ order: 'normal', commandId: null });
    await pair.settled(master);
  }, 60_000);

  it('gives the peer the connections that pass through it', async () => {
    const master = await pair.settled();
    const peer = pair.peerOf(master);
    for (const member of pair.members) {
      await member.host.forward();
      // A stateful firewall that takes no connection up in its middle.
      await member.host.sysctl('net.netfilter.nf_conntrack_tcp_loose=0');
      const rules = [
        'type filter hook forward priority 0',
        'ct state established accept',
        'tcp flags & (syn | ack) == syn accept',
        'meta l4proto tcp drop',
      ];
      await member.host.nft(`table inet lab {\nchain pass {\n${rules.join('\n')}\n}\n}\n`);
    }
    await pair.client.route('10.20.0.0/24', { via: VIRTUAL_ADDRESS });
    const shopHost = pair.lab.hosts.find(({ name }) => name === 'shop')!;
    await shopHost.route('10.10.0.0/24', { via: master.host === pair.members[0].host ? '10.20.0.11' : '10.20.0.12' });
    const through = await SteadyClient.start(pair.client, { address: '10.20.0.80', port: 8080, requestsPerSecond: 10, keepAlive: true });
    await waitUntil('answers', () => through.outcomes.some(({ status }) => status === 200));
    const tracked = async () => peer.host.run('conntrack', ['-L', '-p', 'tcp', '--orig-dst', '10.20.0.80']);
    expect(await tracked()).not.toContain('ESTABLISHED');
    await master.apply({ order: 'yield', commandId: randomUUID() });
    await pair.settled(peer);
    await waitUntil('the connection on the new master', async () => (await tracked()).includes('ESTABLISHED'));
    await shopHost.route('10.10.0.0/24', { via: peer.host === pair.members[0].host ? '10.20.0.11' : '10.20.0.12' });
    const seen = through.outcomes.length;
    await waitUntil('the same connection to go on', () => through.outcomes.length > seen + 10);
    expect((await through.stop()).failed).toEqual([]);
    expect(peer.status().sync).toBe('running');
    await master.apply({ order: 'normal', commandId: null });
  }, 60_000);

  it('speaks by multicast and gives the preferred member the addresses back, where the pair is set so', async () => {
    const [preferred, other] = pair.members;
    await pair.set({ transport: 'multicast', preempt: true });
    await pair.settled(preferred);
    preferred.killEngine();
    await waitUntil('the other to be master', () => other.status().state === 'master');
    const atMs = monotonicMs();
    await preferred.restartEngine();
    await pair.settled(preferred);
    expect(preferred.transitions(atMs).at(-1)).toMatchObject({ to: 'master', cause: 'higher-priority' });
    expect(other.transitions(atMs).at(-1)).toMatchObject({ to: 'backup', cause: 'higher-priority' });
    await pair.set({ transport: 'unicast', preempt: false });
    await pair.settled();
  }, 60_000);

  it('speaks over IPv6 as it does over IPv4', async () => {
    const before = pair.members.map(({ ha }) => ha);
    const sixOf = (address: string) => address.replace('10.10.0.', 'fd10::');
    for (const member of pair.members) {
      const { address, peer } = member.ha;
      await member.apply({ address: sixOf(address), peer: { ...peer, address: sixOf(peer.address) } });
    }
    const master = await pair.settled();
    await waitUntil(
      'the backup to hear it',
      () => (pair.peerOf(master).status().peerSeenAt ?? '') > new Date(Date.now() - 3_000).toISOString(),
    );
    const report = await pair.underTraffic(() => master.apply({ order: 'yield', commandId: randomUUID() }).then(() => undefined));
    await pair.settled(pair.peerOf(master));
    expect(report.failed.length).toBeLessThanOrEqual(2);
    expect(master.status().sync).toBe('running');
    for (const [index, member] of pair.members.entries()) await member.apply(before[index]);
    await pair.settled();
  }, 60_000);

  it('refuses what can not be made true, and changes nothing', async () => {
    const member = await pair.settled();
    const before = member.file('keepalived.conf');
    const { ha } = member;
    const refused = (change: object) => expect(member.ask('check', { ...ha, ...change })).rejects;
    await refused({ interface: 'eth9' }).toThrow(/eth9/);
    await refused({ applianceId: randomUUID() }).toThrow('another box');
    await refused({ priority: ha.peer.priority }).toThrow('priorities');
    await refused({ settings: { ...ha.settings, virtualAddresses: [{ address: 'fd10::100/64', interface: 'eth0' }] } }).toThrow(
      'of that family',
    );
    await refused({ settings: { ...ha.settings, vrid: 300 } }).toThrow('vrid');
    await refused({ address: '10.10.0.77' }).toThrow('10.10.0.77');
    expect(member.file('keepalived.conf')).toBe(before);
  }, 30_000);
});
