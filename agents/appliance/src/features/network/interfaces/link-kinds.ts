import { existsSync } from 'node:fs';
import type { Interface } from '@phalanx/contracts';
import { AppError, messageOf } from '@phalanx/kit';
import type { RunTool } from '../../../platform/system-tools.js';

/** What shows that the kernel has a kind of interface, and the module that brings it. */
const KINDS = {
  vlan: { what: '802.1Q VLANs', shownBy: ['/proc/net/vlan/config'], module: '8021q' },
  bond: { what: 'link aggregation', shownBy: ['/proc/net/bonding', '/sys/class/net/bonding_masters'], module: 'bonding' },
} as const;

/** Throws `invalid` with code `network.kind` where the kernel can't have that kind of interface. */
export async function requireKind({ kind, name }: Interface, run: RunTool): Promise<void> {
  if (kind === 'physical') return;
  const { what, shownBy, module } = KINDS[kind];
  if (shownBy.some((path) => existsSync(path))) return;
  try {
    await run('modprobe', [module]);
  } catch (cause) {
    throw new AppError('invalid', 'network.kind', `${name}: this box’s kernel has no ${what} (${messageOf(cause)})`, { cause });
  }
}

/** Words of the `ip link add` command that makes it. */
export function linkCommand(wanted: Interface): string[] | null {
  if (wanted.kind === 'vlan')
    return ['link', 'add', 'link', wanted.parent, 'name', wanted.name, 'type', 'vlan', 'id', String(wanted.vlanId)];
  if (wanted.kind === 'bond') return ['link', 'add', 'name', wanted.name, 'type', 'bond', 'mode', wanted.bondMode, 'miimon', '100'];
  return null;
}
