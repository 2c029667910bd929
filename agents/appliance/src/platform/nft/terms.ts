import type { NftRate, NftRule, Selector, Term, Value } from './ruleset.js';

/** A field equals a value. */
export const is = (left: Selector, right: Value): Term => ({ kind: 'compare', left, operator: '==', right });
export const isNot = (left: Selector, right: Value): Term => ({ kind: 'compare', left, operator: '!=', right });
export const below = (left: Selector, right: number): Term => ({ kind: 'compare', left, operator: '<', right });
export const over = (left: Selector, right: number): Term => ({ kind: 'compare', left, operator: '>', right });
export const masked = (field: Extract<Selector, string>, mask: string): Selector => ({ field, mask });

/** One or several fields together are one of the values. */
export const oneOf = (left: Selector | readonly Selector[], values: readonly Value[]): Term => ({
  kind: 'one-of',
  left: Array.isArray(left) ? (left as readonly Selector[]) : [left as Selector],
  values,
  not: false,
});
export const inSet = (left: Selector | readonly Selector[], set: string): Term => ({
  kind: 'in-set',
  left: Array.isArray(left) ? (left as readonly Selector[]) : [left as Selector],
  set,
  not: false,
});
export const notInSet = (left: Selector | readonly Selector[], set: string): Term => ({ ...inSet(left, set), not: true }) as Term;

/** These of the four (or six) TCP flags are set, the others of `among` are not. */
export const flags = (set: string, among: string): Term => is(masked('tcp flags', `(${among})`), set);

const put =
  (how: 'add' | 'update' | 'delete', state: Extract<Term, { kind: 'put' }>['state'], timeoutSeconds: number | null) =>
  (set: string, key: readonly Selector[]): Term => ({ kind: 'put', how, set, key, state, timeoutSeconds });

export const remember = put('update', null, null);
export const rememberOnce = put('add', null, null);
export const tally = put('update', 'counter', null);
/** Holds while the element is above its own rate. */
export const meter = (set: string, key: readonly Selector[], rate: NftRate): Term => put('update', { above: rate }, null)(set, key);
/** Holds while the element has more open connections. */
export const connectionsAbove = (set: string, key: readonly Selector[], count: number): Term =>
  put('add', { connectionsAbove: count }, null)(set, key);
export const rememberFor = (seconds: number, set: string, key: readonly Selector[]): Term => put('update', null, seconds)(set, key);

export const jump = (chain: string): Term => ({ kind: 'jump', chain });
export const goTo = (chain: string): Term => ({ kind: 'goto', chain });
export const mark = (value: number): Term => ({ kind: 'mark', value });
export const accept: Term = { kind: 'verdict', verdict: 'accept' };
export const drop: Term = { kind: 'verdict', verdict: 'drop' };
export const leave: Term = { kind: 'verdict', verdict: 'return' };
export const notrack: Term = { kind: 'verdict', verdict: 'notrack' };

/** The two families' words for the same fields. */
export const FAMILIES = [
  { v: 4, saddr: 'ip saddr', daddr: 'ip daddr', nfproto: 'ipv4', type: 'ipv4_addr' },
  { v: 6, saddr: 'ip6 saddr', daddr: 'ip6 daddr', nfproto: 'ipv6', type: 'ipv6_addr' },
] as const;
export type Family = (typeof FAMILIES)[number];

/** Whom a source is counted as: an IPv4 address, an IPv6 network of 64 bits. */
export const counted = ({ v }: Family): Selector => (v === 4 ? 'ip saddr' : masked('ip6 saddr', 'ffff:ffff:ffff:ffff::'));

/** The same rule for both families. */
export const both = (make: (family: Family) => NftRule): NftRule[] => FAMILIES.map(make);
