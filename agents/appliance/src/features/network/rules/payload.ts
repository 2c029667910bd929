import type { Term } from '../../../platform/nft/ruleset.js';
import { both, counted, drop, goTo, is, jump, mark, oneOf, rememberFor } from '../../../platform/nft/terms.js';
import { ownBlockSet, type PacketTable } from './packet-table.js';

/** Bytes that stand in the payload of one packet (F43): known worms, and what the operator names. Stands before established connections pass. */
export function addPayloadRules(table: PacketTable): void {
  for (const { name, enabled, protocol, ports, matches, action, blockSeconds } of table.network.policy.payloadRules) {
    if (!enabled) continue;
    const chain = `payload-${name}`;
    const code = table.codes.ofPayload(name);
    table.add(chain, [
      table.noted(code),
      ...(blockSeconds > 0 && action === 'drop'
        ? both((family) => [rememberFor(blockSeconds, ownBlockSet('payload', family.v), [counted(family)])])
        : []),
      // The mark of a packet that goes on belongs to what comes after.
      action === 'drop' ? [drop] : [mark(0)],
    ]);
    const port: Term[] = ports.length > 0 ? [oneOf(protocol === 'tcp' ? 'tcp dport' : 'udp dport', ports)] : [is('meta l4proto', protocol)];
    const bytes = matches.map((match): Term => ({ kind: 'bytes', base: 'ih', offset: match.offset, bytes: match.bytes }));
    table.add('state', [[...port, ...bytes, action === 'drop' ? goTo(chain) : jump(chain)]]);
  }
}
