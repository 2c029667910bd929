import { faultRules, type LinkFaults } from './link-faults.js';
import { outputOf } from './run-program.js';

/** Names of interfaces are at most 15 characters; ports are numbered. */
const BRIDGE = 'br0';

/** A port of the segment's bridge with what happens to packets there. */
interface SegmentPort {
  readonly port: string;
  readonly faults: LinkFaults;
}

/** One Ethernet segment: a bridge in a namespace of its own. */
export class LabSegment {
  private readonly links: SegmentPort[] = [];
  private made = 0;

  private constructor(
    readonly name: string,
    readonly namespace: string,
  ) {}

  static async create(name: string, namespace: string): Promise<LabSegment> {
    await outputOf('ip', ['netns', 'add', namespace]);
    const batch = `link add ${BRIDGE} type bridge forward_delay 0 stp_state 0 mcast_snooping 0\nlink set ${BRIDGE} up\nlink set lo up\n`;
    // No address of its own: a bridge that speaks would be a neighbour that nobody planned.
    await outputOf('ip', ['netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1']);
    await outputOf('ip', ['-n', namespace, '-batch', '-'], { input: batch });
    // Making a bridge switches these on, and bridged packets would then go through the namespace's IP rules as well.
    const filters = ['iptables', 'ip6tables', 'arptables'].map((table) => `net.bridge.bridge-nf-call-${table}=0`);
    await outputOf('ip', ['netns', 'exec', namespace, 'sysctl', '-qw', '-e', ...filters]);
    return new LabSegment(name, namespace);
  }

  /** A new port's interface name. */
  nextPort(): string {
    return `p${++this.made}`;
  }

  /** Takes a link whose port exists in the namespace into the bridge. */
  async connect(link: SegmentPort): Promise<void> {
    await outputOf('ip', ['-n', this.namespace, '-batch', '-'], {
      input: `link set ${link.port} master ${BRIDGE}\nlink set ${link.port} up\n`,
    });
    this.links.push(link);
  }

  async setPort(port: string, state: 'up' | 'down'): Promise<void> {
    await outputOf('ip', ['-n', this.namespace, 'link', 'set', port, state]);
  }

  /** Replaces the segment's rules by what its links say, in one transaction. */
  async applyFaults(): Promise<void> {
    const from = this.links.flatMap((link) => faultRules(`iifname "${link.port}"`, link.faults));
    const to = this.links.flatMap((link) => faultRules(`oifname "${link.port}"`, link.faults));
    const rules = `table bridge lab
delete table bridge lab
table bridge lab {
  chain from_hosts { type filter hook prerouting priority -400; policy accept; ${from.join('; ')}; }
  chain to_hosts { type filter hook postrouting priority -400; policy accept; ${to.join('; ')}; }
}
`;
    await outputOf('ip', ['netns', 'exec', this.namespace, 'nft', '-f', '-'], { input: rules.replaceAll('; ;', ';') });
  }
}
