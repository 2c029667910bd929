import type { NftRule, Term } from '../../../platform/nft/ruleset.js';
import { both, counted, drop, goTo, is, jump, mark, oneOf, rememberFor } from '../../../platform/nft/terms.js';
import { ownBlockSet, type PacketTable, ruleCounter, threatCounter } from './packet-table.js';

/** Bytes that stand in the payload of one packet (F43): known worms, and what the operator names. Stands before established connections pass. */
export function addPayloadRules(table: PacketTable): void {
  for (const { name, enabled, protocol, ports, matches, action, blockSeconds } of table.network.policy.payloadRules) {
    if (!enabled) continue;
    const chain = `payload-${name}`;
    const code = table.codes.ofPayload(name);
    const verdict: NftRule[] =
      action === 'drop'
        ? [[table.counter(threatCounter('payload')), drop]]
        : // The mark belongs to what comes after.
          [[mark(0)]];
    table.add(chain, [
      table.noted(code),
      ...(blockSeconds > 0 && action === 'drop'
        ? both((family) => [rememberFor(blockSeconds, ownBlockSet('payload', family.v), [counted(family)])])
        : []),
      [table.counter(ruleCounter(`payload-${name}`))],
      ...verdict,
    ]);
    const port: Term[] = ports.length > 0 ? [oneOf(protocol === 'tcp' ? 'tcp dport' : 'udp dport', ports)] : [is('meta l4proto', protocol)];
    const bytes = matches.map((match): Term => ({ kind: 'bytes', base: 'ih', offset: match.offset, bytes: match.bytes }));
    table.add('state', [[...port, ...bytes, action === 'drop' ? goTo(chain) : jump(chain)]]);
  }
}
