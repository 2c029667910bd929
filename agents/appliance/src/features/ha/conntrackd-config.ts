import { isIPv6 } from 'node:net';
import type { ApplianceHa } from '@phalanx/contracts';
import { addressOf } from './keepalived-config.js';

/** What its grammar would take for a number: such an interface is called by a second name. */
const READS_AS_NUMBER = /^[0-9a-fA-F]+$/;
const SECOND_NAME = 'phalanx-sync';

/** The second name that the interface needs for conntrackd, or null. */
export function secondNameFor(interfaceName: string): string | null {
  return READS_AS_NUMBER.test(interfaceName) ? SECOND_NAME : null;
}

/** Files are named relative to the daemon's folder: its grammar knows few characters, and its socket's path must be short. */
const HERE = '/proc/self/cwd';

/**
 * conntrackd's configuration for one member: the packet engine's connections go to the peer over UDP with acknowledgements (FTFW). Connections
 * with the box itself are left out: their sockets can't move. Null where nothing is shared.
 */
export function renderConntrackd(ha: ApplianceHa): string | null {
  const { settings, address, peer } = ha;
  if (settings.syncPort === null) return null;
  const family = isIPv6(address) ? 'IPv6' : 'IPv4';
  const ignored = ['127.0.0.1', '::1', address, peer.address, ...settings.virtualAddresses.map((virtual) => addressOf(virtual.address))];
  const lines = [
    'Sync {',
    '  Mode FTFW {',
    '    StartupResync yes',
    '  }',
    '  UDP {',
    `    ${family}_address ${address}`,
    `    ${family}_Destination_Address ${peer.address}`,
    `    Port ${settings.syncPort}`,
    `    Interface ${secondNameFor(ha.interface) ?? ha.interface}`,
    '    SndSocketBuffer 1249280',
    '    RcvSocketBuffer 1249280',
    '    Checksum on',
    '  }',
    '}',
    'General {',
    '  HashSize 32768',
    '  HashLimit 262144',
    '  LogFile off',
    '  Syslog off',
    `  LockFile ${HERE}/conntrackd.lock`,
    '  UNIX {',
    `    Path ${HERE}/conntrackd.ctl`,
    '  }',
    '  NetlinkBufferSize 2097152',
    '  NetlinkBufferSizeMaxGrowth 8388608',
    '  Filter From Kernelspace {',
    '    Protocol Accept {',
    '      TCP',
    '      UDP',
    '      ICMP',
    '    }',
    '    Address Ignore {',
    ...[...new Set(ignored)].map((text) => `      ${isIPv6(text) ? 'IPv6' : 'IPv4'}_address ${text}`),
    '    }',
    '  }',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
