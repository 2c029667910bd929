import { isIPv6 } from 'node:net';
import type { ApplianceHa } from '@phalanx/contracts';
import type { HaHome } from './ha-home.js';

/** The one VRRP instance that a box runs. */
const INSTANCE = 'pair';
/** VRRP's priority of the owner of an address: it is master at once, without waiting for the silence of others. @see RFC 9568 5.2.4 */
export const OWNER_PRIORITY = 255;
/** Neighbours that missed the first announcement, or heard another master's after it, learn within so many seconds. */
const ANNOUNCE_SECONDS = 1;

export function addressOf(network: string): string {
  return network.slice(0, network.indexOf('/'));
}

/** Milliseconds of silence after which a backup of this priority is master. @see RFC 9568 6.1 Active_Down_Interval */
export function takeOverMs(advertMs: number, priority: number): number {
  return 3 * advertMs + skewMs(advertMs, priority);
}

/** How long a backup waits when its master has said that it leaves. @see RFC 9568 6.1 Skew_Time */
export function skewMs(advertMs: number, priority: number): number {
  return ((256 - priority) * advertMs) / 256;
}

/**
 * keepalived's configuration for one member: VRRPv3, one instance, no script of any kind. `resuming`: the daemon that was master died a moment
 * ago; this one is master from its first moment on (and is then given the usual configuration).
 */
export function renderKeepalived(ha: ApplianceHa, home: HaHome, { resuming = false } = {}): string {
  const { settings, order } = ha;
  const isPreempting = settings.preempt && order !== 'yield';
  const [own, other] = splitByFamily(ha);
  const lines = [
    'global_defs {',
    `  router_id ${ha.applianceId}`,
    '  vrrp_version 3',
    `  vrrp_notify_fifo ${home.fifo}`,
    // Not real-time: its limit on CPU time has the kernel kill the daemon after a reload on a busy box.
    '  vrrp_priority -20',
    '  vrrp_no_swap',
    '  max_auto_priority -1',
    '}',
    'track_file engine {',
    `  file "${home.track}"`,
    '  weight 0',
    '}',
    `vrrp_instance ${INSTANCE} {`,
    // The owner of an address can't begin as a backup, nor forgo preemption.
    `  state ${resuming ? 'MASTER' : 'BACKUP'}`,
    `  interface ${ha.interface}`,
    `  virtual_router_id ${settings.vrid}`,
    `  priority ${resuming ? OWNER_PRIORITY : ha.priority}`,
    `  advert_int ${settings.advertMs / 1000}`,
    ...(isPreempting || resuming ? [] : ['  nopreempt']),
    // After a conflict the loser speaks once more, upon which the winner announces the addresses again.
    '  higher_prio_send_advert true',
    `  garp_master_refresh ${ANNOUNCE_SECONDS}`,
    ...transport(ha),
    '  track_file {',
    '    engine',
    '  }',
    ...block('track_interface', [
      ...new Set(settings.virtualAddresses.map((virtual) => virtual.interface).filter((name) => name !== ha.interface)),
    ]),
    ...block(
      'virtual_ipaddress',
      own.map((virtual) => `${virtual.address} dev ${virtual.interface}`),
    ),
    ...block(
      'virtual_ipaddress_excluded',
      other.map((virtual) => `${virtual.address} dev ${virtual.interface}`),
    ),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

type VirtualAddresses = ApplianceHa['settings']['virtualAddresses'];

/** Advertisements can name addresses of one family only; the others move with them all the same. */
export function splitByFamily({ address, settings }: ApplianceHa): [VirtualAddresses, VirtualAddresses] {
  const isOwn = (virtual: VirtualAddresses[number]) => isIPv6(addressOf(virtual.address)) === isIPv6(address);
  return [settings.virtualAddresses.filter(isOwn), settings.virtualAddresses.filter((virtual) => !isOwn(virtual))];
}

function transport({ settings, address, peer }: ApplianceHa): string[] {
  if (settings.transport === 'multicast') return [`  mcast_src_ip ${address}`];
  return [`  unicast_src_ip ${address}`, '  check_unicast_src', ...block('unicast_peer', [peer.address])];
}

function block(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${name} {`, ...lines.map((line) => `    ${line}`), '  }'];
}
