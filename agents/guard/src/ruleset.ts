import { isIPv6 } from 'node:net';
import { GUARD_CONNECTION_MARK, type GuardedListener } from '@phalanx/contracts';

/**
 * What is done with new connections to one listener.
 * - `engine`: the engine gets them, whatever happens
 * - `armed`: the engine gets them; while no socket listens there, the kernel itself does what the plan says
 * - `away`: what the plan says, whether or not a socket listens
 */
export type Switch = 'engine' | 'armed' | 'away';

/** One listener of the plan as the table needs it. */
export interface GuardedPort {
  readonly listener: GuardedListener;
  /** Local port of the responder that answers for it; null where there can be none: the connection is reset. */
  readonly responderPort: number | null;
}

export const TABLE = 'inet phalanx_guard';
const MARK = `0x${GUARD_CONNECTION_MARK.toString(16)}`;
const WILDCARDS = new Set(['0.0.0.0', '::']);

/** Names a listener among all. */
export function keyOf({ address, port }: Pick<GuardedListener, 'address' | 'port'>): string {
  return `${address} ${port}`;
}

/** The map that a listener's element is in, and the element's key. */
function placeOf({ address, port }: GuardedListener): { readonly map: string; readonly key: string } {
  // Listening everywhere: every address of the box counts, of either family.
  if (WILDCARDS.has(address)) return { map: 'anywhere', key: String(port) };
  return { map: isIPv6(address) ? 'at6' : 'at4', key: `${address} . ${port}` };
}

/** Origins of the listener's own family: a connection can't change it on its way. */
export function originsOf({ address, action }: GuardedListener): { readonly address: string; readonly port: number }[] {
  if (action.kind !== 'fail-open') return [];
  return action.origins.filter((origin) => isIPv6(origin.address) === isIPv6(address));
}

/** Counts the connections that went past the engine, by the listener's place in the plan. */
export function counterOf(index: number): string {
  return `bypassed-${index}`;
}

function awayChain(index: number, { listener, responderPort }: GuardedPort): string[] {
  const origins = originsOf(listener);
  if (origins.length === 0) {
    // No rule: the connection goes on to the box itself, where nobody listens or `refusals` resets it.
    const redirect = responderPort === null ? [] : [`ct mark set ct mark or ${MARK}`, `meta l4proto tcp redirect to :${responderPort}`];
    return chain(`away-${index}`, redirect);
  }
  const family = isIPv6(listener.address) ? 'ip6' : 'ip';
  const targets = origins.map(({ address, port }, i) => `${i} : ${address} . ${port}`).join(', ');
  return chain(`away-${index}`, [
    `ct mark set ct mark or ${MARK}`,
    `counter name ${counterOf(index)}`,
    `meta l4proto tcp dnat ${family} to numgen inc mod ${origins.length} map { ${targets} }`,
  ]);
}

function chain(name: string, rules: readonly string[]): string[] {
  return [`  chain ${name} {`, ...rules.map((rule) => `    ${rule}`), '  }'];
}

function isReset({ listener, responderPort }: GuardedPort): boolean {
  return originsOf(listener).length === 0 && responderPort === null;
}

/** Elements of the maps and of the set of refusals, by their name, for a listener that stands so. */
function elementsOf(index: number, port: GuardedPort, stand: Switch): { readonly name: string; readonly element: string }[] {
  const { map, key } = placeOf(port.listener);
  if (stand === 'engine') return [];
  if (isReset(port)) return stand === 'away' ? [{ name: `${map}_refused`, element: key }] : [];
  return [{ name: map, element: `${key} : goto ${stand}-${index}` }];
}

export interface TableOptions {
  readonly ports: readonly GuardedPort[];
  readonly stands: readonly Switch[];
  /** Whether this table is what keeps the box from forwarding anything but bypassed connections. */
  readonly guardsForwarding: boolean;
  /** Whether the kernel can tell if a socket listens (`CONFIG_NFT_SOCKET`). Without it an armed listener stays the engine's. */
  readonly canSeeSockets: boolean;
}

/** The whole table, in place of the one before, as one transaction. */
export function renderTable({ ports, stands, guardsForwarding, canSeeSockets }: TableOptions): string {
  const chains = ports.flatMap((port, index) => [
    ...awayChain(index, port),
    ...chain(`armed-${index}`, canSeeSockets ? ['socket wildcard { 0, 1 } return', `goto away-${index}`] : []),
  ]);
  const forward = guardsForwarding
    ? chain('across', ['type filter hook forward priority filter - 5; policy drop;', `ct mark and ${MARK} == ${MARK} accept`])
    : [];
  const lines = [
    `table ${TABLE}`,
    `delete table ${TABLE}`,
    `table ${TABLE} {`,
    ...ports.map((_, index) => `  counter ${counterOf(index)} { }`),
    ...chains,
    '  map at4 { type ipv4_addr . inet_service : verdict; }',
    '  map at6 { type ipv6_addr . inet_service : verdict; }',
    '  map anywhere { type inet_service : verdict; }',
    '  set at4_refused { type ipv4_addr . inet_service; }',
    '  set at6_refused { type ipv6_addr . inet_service; }',
    '  set anywhere_refused { type inet_service; }',
    ...chain('new-connections', [
      'type nat hook prerouting priority dstnat - 5; policy accept;',
      'iif lo return',
      'ip daddr . tcp dport vmap @at4',
      'ip6 daddr . tcp dport vmap @at6',
      'fib daddr type local tcp dport vmap @anywhere',
    ]),
    ...chain('refusals', [
      'type filter hook input priority filter - 5; policy accept;',
      'iif lo return',
      'ct state new ip daddr . tcp dport @at4_refused reject with tcp reset',
      'ct state new ip6 daddr . tcp dport @at6_refused reject with tcp reset',
      'ct state new tcp dport @anywhere_refused reject with tcp reset',
    ]),
    ...forward,
    // The origin answers to the box, whatever its routes are.
    ...chain('to-origins', ['type nat hook postrouting priority srcnat - 5; policy accept;', `ct mark and ${MARK} == ${MARK} masquerade`]),
    '}',
    ...ports.flatMap((port, index) => elementsOf(index, port, stands[index] ?? 'engine').map(({ name, element }) => add(name, element))),
  ];
  return `${lines.join('\n')}\n`;
}

/** The change of some listeners from one stand to another, as one small transaction; empty when there is nothing to do. */
export function renderSwitch(ports: readonly GuardedPort[], before: readonly Switch[], after: readonly Switch[]): string {
  const lines: string[] = [];
  ports.forEach((port, index) => {
    const [from, to] = [before[index] ?? 'engine', after[index] ?? 'engine'];
    if (from === to) return;
    for (const { name, element } of elementsOf(index, port, from))
      lines.push(`delete element ${TABLE} ${name} { ${element.split(' : ')[0]} }`);
    for (const { name, element } of elementsOf(index, port, to)) lines.push(add(name, element));
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

export function renderRemoval(): string {
  return `table ${TABLE}\ndelete table ${TABLE}\n`;
}

function add(name: string, element: string): string {
  return `add element ${TABLE} ${name} { ${element} }`;
}
