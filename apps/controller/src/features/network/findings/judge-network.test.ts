import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_NETWORK_POLICY, type FirewallRule, type Interface, type NetworkPolicy, type Route } from '@phalanx/contracts';
import { judgeNetwork } from './judge-network.js';
import type { NetworkSubject } from './subject.js';

const rule = (name: string, changes: Partial<FirewallRule> = {}): FirewallRule => ({
  id: randomUUID(),
  name,
  enabled: true,
  direction: 'input',
  from: null,
  source: { groups: [], addresses: [] },
  destination: { groups: [], addresses: [] },
  services: [],
  schedule: null,
  action: 'drop',
  log: false,
  ...changes,
});
const to = (...addresses: string[]) => ({ groups: [], addresses });
const physical = (name: string, addresses: string[] | null = null): Interface => ({
  kind: 'physical',
  name,
  roles: ['client'],
  addresses,
  mtu: null,
  antiSpoofing: 'strict',
});
const vlan = (name: string, parent: string, vlanId: number): Interface => ({ ...physical(name), kind: 'vlan', parent, vlanId });

function judge(
  changes: Partial<NetworkPolicy>,
  { interfaces = [], routes = [], ...rest }: { interfaces?: Interface[]; routes?: Route[] } & Partial<NetworkSubject> = {},
): string[] {
  const found = judgeNetwork({
    policy: { ...DEFAULT_NETWORK_POLICY, ...changes },
    members: [{ applianceId: randomUUID(), name: 'box', network: { interfaces, routes } }],
    applications: [{ name: 'shop', listenPort: 443 }],
    controllers: ['192.0.2.9'],
    ...rest,
  });
  return found.map(({ path, severity, message }) => `${severity} ${path}: ${message}`);
}

describe('the judgement of a network policy', () => {
  it('finds nothing wrong with the default one', () => expect(judge({})).toEqual([]));

  it('names what nothing defines, with the place', () => {
    const rules = [rule('web', { source: { groups: ['offices'], addresses: [] }, services: ['http'], schedule: 'night' })];
    expect(judge({ rules })).toEqual([
      'error policy.rules.0.source.groups.0: “web” names the address group offices, which nothing defines',
      'error policy.rules.0.services.0: “web” names the service http, which nothing defines',
      'error policy.rules.0.schedule: “web” names the schedule night, which nothing defines',
    ]);
  });

  it('refuses names that are given twice and schedules that never hold', () => {
    const group = { name: 'a', addresses: ['192.0.2.1'] };
    const schedule = { name: 'never', days: ['mon' as const], from: '08:00', to: '08:00' };
    expect(judge({ addressGroups: [group, group], schedules: [schedule] })).toEqual([
      'error policy.addressGroups.1.name: the name a is given twice',
      'error policy.schedules.0.to: the schedule never begins and ends at 08:00: it never holds',
    ]);
  });

  it.each([
    ['192.0.2.9-192.0.2.1', 'runs backwards'],
    ['2001:db8::2-2001:db8::1', 'runs backwards'],
    ['192.0.2.1-2001:db8::1', 'is no range of one family'],
    ['1.2.3-4.5.6', 'is no range of one family'],
  ])('refuses the range %s', (text, why) => {
    expect(judge({ addressGroups: [{ name: 'a', addresses: [text] }] })).toEqual([
      `error policy.addressGroups.0.addresses.0: ${text} ${why}`,
    ]);
  });

  it('refuses a rule whose sides are of different families, and takes one that has both in common', () => {
    const rules = [
      rule('never', { source: to('192.0.2.0/24'), destination: to('2001:db8::/32') }),
      rule('sometimes', { source: to('192.0.2.0/24', '2001:db8:1::/48'), destination: to('2001:db8::/32') }),
    ];
    expect(judge({ rules })).toEqual([
      'error policy.rules.0.destination: “never” can never fit: its source and its destination are of different families',
    ]);
  });

  it('warns of a rule that an earlier one hides, by addresses, services and schedule', () => {
    const services = [
      { name: 'high', protocol: 'tcp' as const, ports: ['1000-2000'] },
      { name: 'one', protocol: 'tcp' as const, ports: ['1500'] },
    ];
    const wide = rule('wide', { source: to('10.0.0.0/9', '10.128.0.0/9'), services: ['high'] });
    const narrow = rule('narrow', { source: to('10.3.0.1-10.200.0.9'), services: ['one'], action: 'accept' });
    expect(judge({ services, rules: [wide, narrow] })).toEqual([
      'warning policy.rules.1: “narrow” is hidden by “wide”, which stands before it: it never gets to accept',
    ]);
    expect(judge({ services, rules: [narrow, wide] })).toEqual([]);
    expect(judge({ services, rules: [{ ...wide, enabled: false }, narrow] })).toEqual([]);
    const schedules = [{ name: 'day', days: ['mon' as const], from: '08:00', to: '18:00' }];
    expect(judge({ services, schedules, rules: [{ ...wide, schedule: 'day' }, narrow] })).toEqual([]);
  });

  it('looks through thousands of rules within a second', () => {
    const rules = Array.from({ length: 5000 }, (_, i) => rule(`r${i}`, { source: to(`10.${i >> 8}.${i & 255}.0/24`) }));
    const startedAt = performance.now();
    judge({ rules });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('warns of a rule that shuts out an application’s clients', () => {
    expect(judge({ rules: [rule('closed')] })).toEqual(['warning policy.rules.0: “closed” refuses all clients of “shop” at port 443']);
  });

  it('refuses a VLAN that another interface is, without a parent, or above its parent’s size', () => {
    const interfaces: Interface[] = [
      { ...physical('eth0'), mtu: 1500 },
      vlan('eth0.7', 'eth0', 7),
      vlan('guests', 'eth0', 7),
      vlan('lost', 'eth9', 8),
      { ...vlan('big', 'eth0', 9), mtu: 9000 },
    ];
    expect(judge({}, { interfaces })).toEqual([
      'error members.0.network.interfaces.2.vlanId: guests and eth0.7 are both VLAN 7 of eth0',
      'error members.0.network.interfaces.3.parent: box has no interface eth9',
      'error members.0.network.interfaces.4.mtu: big can’t carry more than its parent eth0',
    ]);
  });

  it('refuses an address that is there twice or is the network’s own, and warns of networks that overlap', () => {
    const interfaces = [physical('eth0', ['192.0.2.1/24', '198.51.100.0/24']), physical('eth1', ['192.0.2.1/32', '192.0.2.129/25'])];
    expect(judge({}, { interfaces })).toEqual([
      'error members.0.network.interfaces.0.addresses.1: 198.51.100.0/24 is the network’s own or its broadcast address, not a host’s',
      'error members.0.network.interfaces.1.addresses.0: box has the address 192.0.2.1 twice',
      'warning members.0.network.interfaces.1.addresses.1: 192.0.2.129/25 on eth1 overlaps 192.0.2.1/24 on eth0',
    ]);
  });

  it('refuses an interface that no member has, and warns where a member names none', () => {
    const mirrors = [{ from: 'eth0', to: 'eth9', direction: 'both' as const }];
    expect(judge({ mirrors }, { interfaces: [physical('eth0')] })).toEqual(['error policy.mirrors.0.to: box has no interface eth9']);
    expect(judge({ mirrors })).toHaveLength(2);
    const routes = [{ to: '0.0.0.0/0', via: '2001:db8::1', interface: 'eth7' }];
    expect(judge({}, { interfaces: [physical('eth0')], routes })).toEqual([
      'error members.0.network.routes.0.interface: box has no interface eth7',
      'error members.0.network.routes.0.via: 0.0.0.0/0 and 2001:db8::1 are of different families',
    ]);
  });

  it('warns of management networks without the controller, and refuses an application’s port among theirs', () => {
    const management = { networks: ['198.51.100.0/24'], ports: ['22', '400-500'], rate: { perSecond: 10, burst: 20 } };
    expect(judge({ management })).toEqual([
      'error policy.management.ports.1: “shop” listens on port 443; as a management port its clients could not reach it',
      'warning policy.management.networks: the controller’s own address 192.0.2.9 is in none of the management networks',
    ]);
  });

  it('warns of an intercepted port on which no application listens', () => {
    const inlineBridge = { name: 'br0', clientSide: 'eth0', originSide: 'eth1', intercept: [{ address: '192.0.2.7', port: 80 }] };
    expect(judge({ inlineBridge }, { interfaces: [physical('eth0'), physical('eth1')] })).toEqual([
      'warning policy.inlineBridge.intercept.0.port: no application of the cluster listens on port 80',
    ]);
  });
});
