import type { FirewallRule } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import type { NftRule, Term } from '../../../platform/nft/ruleset.js';
import { accept, drop, FAMILIES, type Family, goTo, inSet, is, oneOf } from '../../../platform/nft/terms.js';
import { scheduleSet } from './schedules.js';
import type { PacketTable } from './packet-table.js';
import { protocolMatches } from './protocols.js';

/** The access control list of one direction (F38), in its order. */
export function accessRules(table: PacketTable, direction: FirewallRule['direction']): NftRule[] {
  return table.network.policy.rules.filter((rule) => rule.enabled && rule.direction === direction).flatMap((rule) => rendered(table, rule));
}

function rendered(table: PacketTable, rule: FirewallRule): NftRule[] {
  const { policy, member } = table.network;
  const services = rule.services.map((name) => named(policy.services, name, 'service', rule));
  const start: Term[] = [];
  if (rule.from !== null) {
    const { from } = rule;
    const interfaces = member.interfaces.filter(({ roles }) => roles.includes(from)).map(({ name }) => `"${name}"`);
    if (interfaces.length === 0) throw unfit(rule, `no interface of this box has the role ${from}`);
    start.push(oneOf('iifname', interfaces));
  }
  if (rule.schedule !== null) {
    named(policy.schedules, rule.schedule, 'schedule', rule);
    start.push(inSet('meta time', scheduleSet(rule.schedule)));
  }
  const chain = decision(table, rule);
  const source = endpoints(table, rule, 'source');
  const destination = endpoints(table, rule, 'destination');
  return protocolMatches(services).flatMap(({ v, terms }) => {
    if (v === null && source === null && destination === null) return [[...start, ...terms, chain]];
    return FAMILIES.flatMap((family) => {
      if (v !== null && v !== family.v) return [];
      const from = source?.(family);
      const to = destination?.(family);
      // Addresses of the other family only.
      if (from === null || to === null) return [];
      return [[...start, is('meta nfproto', family.nfproto), ...(from ? [from] : []), ...(to ? [to] : []), ...terms, chain]];
    });
  });
}

/** Counts the rule's packets, notes them where that is asked for, and decides. */
function decision(table: PacketTable, rule: FirewallRule): Term {
  const name = `rule-${rule.id}`;
  const verdicts: NftRule[] =
    rule.action === 'reject'
      ? [[is('meta l4proto', 'tcp'), { kind: 'reject', with: 'tcp reset' }], [{ kind: 'reject', with: 'icmpx admin-prohibited' }]]
      : [[rule.action === 'accept' ? accept : drop]];
  const code = table.codes.ofRule(rule.id);
  table.add(name, [rule.log ? table.noted(code) : table.counted(code), ...verdicts]);
  return goTo(name);
}

/** A match for whom the rule is about; null for everybody. Answers null for a family that has none of its addresses. */
function endpoints(table: PacketTable, rule: FirewallRule, side: 'source' | 'destination'): ((family: Family) => Term | null) | null {
  const { groups, addresses } = rule[side];
  if (groups.length === 0 && addresses.length === 0) return null;
  const members = groups.map((name) => named(table.network.policy.addressGroups, name, 'address group', rule));
  const [only] = members;
  // A group keeps its name in the kernel; what is put together for one rule is named after the rule.
  const name = only && members.length === 1 && addresses.length === 0 ? `group-${only.name}` : `${side}-${rule.id}`;
  const all = [...members.flatMap((group) => group.addresses), ...addresses];
  return (family) => {
    const set = table.addresses(name, all, family);
    return set === null ? null : inSet(side === 'source' ? family.saddr : family.daddr, set);
  };
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string, what: string, rule: FirewallRule): T {
  const found = all.find((one) => one.name === name);
  if (!found) throw unfit(rule, `there is no ${what} ${name}`);
  return found;
}

function unfit(rule: FirewallRule, why: string): AppError {
  return new AppError('invalid', 'network.rule', `rule ${rule.name}: ${why}`);
}
