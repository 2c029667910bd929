import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { type ApplianceNetwork, DEFAULT_NETWORK_POLICY, type FirewallRule, type NetworkPolicy } from '@phalanx/contracts';
import { nodeDisk } from '@phalanx/kit';
import { openTestSpace } from '../../testing/test-space.js';
import { NetworkDriver } from './network-driver.js';

// The machine may be busy with other tests.
jest.setTimeout(60_000);

const BOX = '7f0c1a52-0000-4000-8000-000000000001';
const RULE = '7f0c1a52-0000-4000-8000-0000000000';
const anyone = { groups: [], addresses: [] };
const rule = (n: number, more: Partial<FirewallRule>): FirewallRule => ({
  id: `${RULE}${10 + n}`,
  name: `rule ${n}`,
  enabled: true,
  direction: 'input',
  from: null,
  source: anyone,
  destination: anyone,
  services: [],
  schedule: null,
  action: 'drop',
  log: false,
  ...more,
});

const P = DEFAULT_NETWORK_POLICY;
const EVERYTHING: NetworkPolicy = {
  ...P,
  addressGroups: [
    { name: 'bad', addresses: ['10.9.0.0/16', '2001:db8:bad::/48', '10.9.3.0-10.10.0.7'] },
    { name: 'office', addresses: ['192.0.2.0/24', '192.0.2.7'] },
  ],
  services: [
    { name: 'web', protocol: 'tcp', ports: ['80', '443', '8000-8100', '8050-8200'] },
    { name: 'dns', protocol: 'udp', ports: ['53'] },
    { name: 'ping', protocol: 'icmp', types: [8, 128] },
    { name: 'gre', protocol: 'ip', number: 47 },
  ],
  schedules: [
    { name: 'office-hours', days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
    { name: 'always', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '00:00' },
  ],
  rules: [
    rule(1, { source: { groups: ['bad'], addresses: [] }, log: true }),
    rule(2, {
      direction: 'forward',
      from: 'client',
      source: { groups: ['bad', 'office'], addresses: ['2001:db8::1'] },
      destination: { groups: [], addresses: ['10.1.1.0/24'] },
      services: ['web', 'dns', 'ping', 'gre'],
      schedule: 'office-hours',
      action: 'accept',
      log: true,
    }),
    rule(3, { services: ['dns'], schedule: 'always', action: 'reject' }),
  ],
  defaults: { input: 'drop', forward: 'drop' },
  protections: {
    ...P.protections,
    floods: { ...P.protections.floods, synTotal: { perSecond: 1000, burst: 1000 }, blockSeconds: 60 },
    exempt: ['198.51.100.0/24'],
  },
  payloadRules: [
    {
      name: 'slammer',
      enabled: true,
      protocol: 'udp',
      ports: ['1434'],
      matches: [{ offset: 0, bytes: '04010101' }],
      action: 'drop',
      blockSeconds: 60,
    },
    { name: 'probe', enabled: true, protocol: 'tcp', ports: [], matches: [{ offset: 3, bytes: '2f64' }], action: 'count', blockSeconds: 0 },
  ],
  management: { networks: ['192.0.2.0/24'], ports: ['22', '9100-9110'], rate: { perSecond: 5, burst: 10 } },
  mirrors: [{ from: 'eth0', to: 'eth1', direction: 'both' }],
};

const space = openTestSpace('the packet engine');
const folder = mkdtempSync(join(tmpdir(), 'phalanx-network-'));
afterAll(() => {
  space?.close();
  rmSync(folder, { recursive: true, force: true });
});

const whenPossible = space ? describe : describe.skip;
whenPossible('the packet engine', () => {
  const { run } = space!;
  const driver = new NetworkDriver({ applianceId: BOX, run, disk: nodeDisk, folder });
  const content = (policy: NetworkPolicy, more: Partial<ApplianceNetwork> = {}) =>
    Buffer.from(
      JSON.stringify({
        version: 1,
        applianceId: BOX,
        tenantId: BOX,
        timeZone: 'Europe/Berlin',
        policy,
        member: {
          interfaces: [
            {
              kind: 'physical',
              name: 'eth0',
              roles: ['client'],
              addresses: ['10.77.0.1/24', '2001:db8:77:0::1/64'],
              mtu: 1400,
              antiSpoofing: 'strict',
            },
            { kind: 'physical', name: 'eth1', roles: ['origin'], addresses: null, mtu: null, antiSpoofing: 'off' },
          ],
          routes: [{ to: '10.88.0.0/16', via: '10.77.0.254', interface: null }],
        },
        listeners: [
          { address: '0.0.0.0', port: 443 },
          { address: '192.0.2.1', port: 80 },
          { address: '2001:db8::1', port: 80 },
        ],
        peer: { addresses: ['192.0.2.2', 'fe80::2'], interface: 'eth1', syncPort: 3780 },
        ...more,
      } satisfies ApplianceNetwork),
    );
  const totals = () => run('nft', ['list', 'set', 'inet', 'phalanx', 'totals']);

  it('refuses what the kernel or the box can’t do, and changes nothing', async () => {
    expect(await driver.inability()).toBeNull();
    await expect(driver.check(content(P))).rejects.toMatchObject({ kind: 'invalid', message: 'there is no interface eth0 on this box' });
    for (const name of ['eth0', 'eth1']) await run('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}p`]);
    await expect(driver.check(Buffer.from('{}'))).rejects.toMatchObject({ kind: 'invalid', code: 'network.malformed' });
    await expect(driver.check(content(P, { applianceId: BOX.replace('7f', '8f') }))).rejects.toMatchObject({ code: 'network.other-box' });
    const bridged = {
      ...P,
      inlineBridge: { name: 'br0', clientSide: 'eth0', originSide: 'eth1', intercept: [{ address: '10.0.0.1', port: 80 }] },
    };
    await expect(driver.check(content(bridged))).rejects.toMatchObject({ code: 'network.inline-bridge' });
    const nowhere = { ...P, rules: [rule(1, { from: 'mirror' })] };
    await expect(driver.check(content(nowhere))).rejects.toThrow('rule rule 1: no interface of this box has the role mirror');
    await driver.check(content(EVERYTHING));
    expect(await driver.observe(null)).toEqual({ digest: null, diff: null });
  });

  it('is made true whole: the same digest each time, read back from the kernel', async () => {
    await driver.check(content(EVERYTHING));
    const { expectedDigest } = await driver.apply(content(EVERYTHING));
    expect(expectedDigest).toMatch(/^[0-9a-f]{64}$/);
    await driver.verify(content(EVERYTHING));
    expect(await driver.observe(content(EVERYTHING))).toEqual({ digest: expectedDigest, diff: null });
    expect(await driver.apply(content(EVERYTHING))).toEqual({ expectedDigest });
    expect(await run('ip', ['address', 'show', 'dev', 'eth0'])).toMatch(/mtu 1400[^]*10\.77\.0\.1\/24[^]*2001:db8:77::1\/64/);
    expect(await run('ip', ['route', 'show', '10.88.0.0/16'])).toContain('via 10.77.0.254 dev eth0');
  });

  it.each([
    ['a rule added', ['add', 'rule', 'inet', 'phalanx', 'input', 'tcp', 'dport', '2323', 'accept'], /^\+ {2}tcp dport 2323 accept$/m],
    ['the rules of a chain removed', ['flush', 'chain', 'inet', 'phalanx', 'forward'], /^- {2}goto stop-default$/m],
    ['a table gone', ['delete', 'table', 'netdev', 'phalanx-mirror'], /^-table netdev phalanx-mirror/m],
    ['an element added', ['add', 'element', 'inet', 'phalanx', 'group-bad-4', '{ 172.16.0.1 }'], /^\+ {2}element 172\.16\.0\.1$/m],
    [
      'a chain added',
      ['add', 'chain', 'inet', 'phalanx', 'backdoor', '{ type filter hook input priority -500; policy accept; }'],
      /^\+chain backdoor/m,
    ],
    ['hours changed', ['flush', 'set', 'inet', 'phalanx', 'schedule-office-hours'], /^- {2}element as the schedule says$/m],
    ['all of it gone', ['flush', 'ruleset'], /^-table inet phalanx/m],
  ])('shows drift: %s', async (_, command, line) => {
    const { expectedDigest } = await driver.apply(content(EVERYTHING));
    await run('nft', command);
    const { digest, diff } = await driver.observe(content(EVERYTHING));
    expect(digest).not.toBe(expectedDigest);
    expect(diff).toMatch(line);
    await expect(driver.verify(content(EVERYTHING))).rejects.toThrow('the kernel does not have what was applied');
    expect(await driver.apply(content(EVERYTHING))).toEqual({ expectedDigest });
  });

  it('knows the hours of schedules anew as time goes by, and that is no drift', async () => {
    let now = Date.now();
    const later = new NetworkDriver({ applianceId: BOX, run, disk: nodeDisk, folder, now: () => now });
    const { expectedDigest } = await later.apply(content(EVERYTHING));
    now += 200 * 86_400_000;
    expect(await later.observe(content(EVERYTHING))).toEqual({ digest: expectedDigest, diff: null });
    await later.renewSchedules();
    now += 200 * 86_400_000;
    expect(await later.observe(content(EVERYTHING))).toEqual({ digest: expectedDigest, diff: null });
    now += 190 * 86_400_000;
    expect((await later.observe(content(EVERYTHING))).diff).toMatch(/^- {2}element as the schedule says$/m);
    await driver.apply(content(EVERYTHING));
  });

  it('sees addresses and routes that went', async () => {
    const { expectedDigest } = await driver.apply(content(EVERYTHING));
    await run('ip', ['address', 'del', '10.77.0.1/24', 'dev', 'eth0']);
    expect((await driver.observe(content(EVERYTHING))).diff).toMatch(/^-interface eth0 address 10\.77\.0\.1\/24$/m);
    expect(await driver.apply(content(EVERYTHING))).toEqual({ expectedDigest });
  });

  it('keeps counters and blocks across a change of rules, and leaves the old rules where new ones are refused', async () => {
    await driver.apply(content(EVERYTHING));
    await run('nft', ['add', 'element', 'inet', 'phalanx', 'own-scan-4', '{ 203.0.113.9 timeout 600s }']);
    await run('nft', [
      'insert',
      'rule',
      'inet',
      'phalanx',
      'edge',
      'meta',
      'mark',
      'set',
      '24',
      'update',
      '@totals',
      '{ meta mark counter }',
    ]);
    await run('bash', ['-c', 'echo > /dev/udp/127.0.0.1/9']);
    const before = await totals();
    expect(before).toMatch(/packets [1-9]/);
    const { expectedDigest } = await driver.apply(content(P));
    const { expectedDigest: again } = await driver.apply(content({ ...EVERYTHING, rules: [] }));
    expect(again).not.toBe(expectedDigest);
    expect(await totals()).toBe(before);
    expect(await run('nft', ['list', 'set', 'inet', 'phalanx', 'own-scan-4'])).toContain('203.0.113.9');
    await expect(driver.check(content({ ...P, mirrors: [{ from: 'eth7', to: 'eth1', direction: 'in' }] }))).rejects.toThrow(
      'no interface eth7',
    );
    // nft says no in the middle of the batch, and nothing has changed.
    const bad = content({
      ...P,
      schedules: [{ ...EVERYTHING.schedules[0]!, name: 'x'.repeat(31) }],
      mirrors: [{ from: 'eth0', to: 'eth7', direction: 'in' }],
    });
    await expect(driver.apply(bad)).rejects.toMatchObject({ kind: 'invalid', code: 'tool.refused' });
    expect((await driver.observe(content({ ...EVERYTHING, rules: [] }))).digest).toBe(again);
  });

  it('says of each kind of interface that the kernel lacks that it lacks it', async () => {
    const vlan = {
      kind: 'vlan' as const,
      name: 'eth0.7',
      parent: 'eth0',
      vlanId: 7,
      roles: ['client' as const],
      addresses: null,
      mtu: null,
      antiSpoofing: 'off' as const,
    };
    const wanted = content(P, { member: { interfaces: [vlan], routes: [] } });
    const outcome = await driver.check(wanted).then(
      () => 'taken',
      (error: Error) => error.message,
    );
    // Where the kernel has it, it is taken.
    expect(outcome).toMatch(/^taken$|^eth0\.7: this box’s kernel has no 802\.1Q VLANs/);
  });

  it('takes away all that it made, and nothing else', async () => {
    await driver.apply(content(EVERYTHING));
    await run('nft', ['add', 'table', 'inet', 'others']);
    await run('ip', ['address', 'add', '10.77.0.99/24', 'dev', 'eth0']);
    expect(await driver.apply(null)).toEqual({ expectedDigest: null });
    expect((await run('nft', ['list', 'tables'])).trim()).toBe('table inet others');
    const address = await run('ip', ['address', 'show', 'dev', 'eth0']);
    expect(address).toContain('10.77.0.99/24');
    expect(address).not.toContain('10.77.0.1/24');
    expect(address).toContain('mtu 1500');
    expect(await run('ip', ['route', 'show', '10.88.0.0/16'])).toBe('');
  });
});
