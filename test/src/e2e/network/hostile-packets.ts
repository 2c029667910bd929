import type { NetworkThreat } from '@phalanx/contracts';
import {
  type Ends,
  ethernet,
  icmp,
  icmpv6,
  ipv4,
  type Ipv4Fields,
  ipv6,
  IPV6_FRAGMENT,
  ipv6Fragment,
  tcp,
  type TcpFields,
  type TcpFlag,
  udp,
} from '@phalanx/testing';

/** Addresses of one attack: who sends (or claims to) and who is meant. */
export interface Aim extends Ends {
  readonly macs: { readonly source: string; readonly target: string };
}

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMP6 = 58;
const ECHO = { 4: 8, 6: 128 } as const;

const is6 = ({ target }: Ends) => target.includes(':');
const frame = ({ macs }: Aim, packet: Buffer) => ethernet(macs, packet);
const repeat = <T>(times: number, make: (n: number) => T): T[] => Array.from({ length: times }, (_, n) => make(n));

function packet(aim: Aim, protocol: number, payload: Buffer, fields: Partial<Ipv4Fields> = {}): Buffer {
  const { source, target } = aim;
  return frame(
    aim,
    is6(aim) ? ipv6({ source, target, nextHeader: protocol }, payload) : ipv4({ source, target, protocol, ...fields }, payload),
  );
}

function segment(aim: Aim, flags: readonly TcpFlag[], targetPort: number, more: Partial<TcpFields> = {}, data?: Buffer): Buffer {
  const { source, target } = aim;
  return packet(aim, TCP, tcp({ source, target, sourcePort: 40_000 + (targetPort % 20_000), targetPort, flags, ...more }, data));
}

function datagram(aim: Aim, targetPort: number, data: Buffer): Buffer {
  const { source, target } = aim;
  return packet(aim, UDP, udp({ source, target, sourcePort: 5353, targetPort }, data));
}

export function echo(aim: Aim, data: Buffer = Buffer.alloc(32)): Buffer {
  const { source, target } = aim;
  return is6(aim)
    ? packet(aim, ICMP6, icmpv6({ source, target, type: ECHO[6], rest: 7 }, data))
    : packet(aim, ICMP, icmp({ type: ECHO[4], rest: 7 }, data));
}

/** Fragments of one echo request of so many bytes; `parts` are (offset, length) in bytes. */
function fragments(aim: Aim, total: number, parts: readonly (readonly [number, number])[], id: number): Buffer[] {
  const { source, target } = aim;
  const data = Buffer.alloc(total - 8);
  const whole = is6(aim) ? icmpv6({ source, target, type: ECHO[6], rest: 7 }, data) : icmp({ type: ECHO[4], rest: 7 }, data);
  return parts.map(([offset, length]) => {
    const part = whole.subarray(offset, offset + length);
    const moreFragments = offset + length < total;
    return is6(aim)
      ? packet(aim, IPV6_FRAGMENT, ipv6Fragment({ nextHeader: ICMP6, id, offset, moreFragments }, part))
      : packet(aim, ICMP, part, { id, fragmentOffset: offset, moreFragments });
  });
}

/** One attack: what is sent, and how it must be judged. */
export interface Attack {
  readonly title: string;
  readonly threat: NetworkThreat;
  readonly frames: (aim: Aim) => Buffer[];
  /** Packets that must be stopped at least, of those that are sent. */
  readonly stopped: number;
  /** Packets that the box may answer at most. */
  readonly answers: number;
  /** Source instead of one in the attacker's own network. */
  readonly source?: (v: 4 | 6) => string;
  readonly target?: (v: 4 | 6) => string;
  readonly families?: readonly (4 | 6)[];
  readonly isBlocked?: boolean;
}

const SCANNED_PORTS = 40;
const scan = (flags: readonly TcpFlag[]) => (aim: Aim) => repeat(SCANNED_PORTS, (n) => segment(aim, flags, 2000 + n));

/** SQL Slammer's first bytes; a request of Code Red. */
export const WORMS = {
  slammer: Buffer.concat([Buffer.from('0401010101010101', 'hex'), Buffer.alloc(368, 1)]),
  codeRed: Buffer.from(`GET /default.ida?${'N'.repeat(224)} HTTP/1.0\r\n\r\n`),
};

/** Floods that one source sends: so many packets at once. */
const FLOOD = 400;

export const ATTACKS: readonly Attack[] = [
  {
    title: '5: a flood of connections',
    threat: 'syn-flood',
    frames: (aim) => repeat(FLOOD, (n) => segment(aim, ['syn'], 80, { sourcePort: 1024 + n })),
    stopped: 200,
    answers: 200,
  },
  {
    title: '6: a flood of datagrams',
    threat: 'udp-flood',
    frames: (aim) => repeat(FLOOD, () => datagram(aim, 9, Buffer.alloc(1000))),
    stopped: 200,
    answers: 200,
  },
  { title: '6: a flood of pings', threat: 'icmp-flood', frames: (aim) => repeat(FLOOD, () => echo(aim)), stopped: 300, answers: 100 },
  {
    title: '18: access to the box’s own doors',
    threat: 'management',
    frames: (aim) => [22, 9100].map((port) => segment(aim, ['syn'], port)),
    stopped: 2,
    answers: 0,
  },
  {
    title: '19: small-packet fragmentation',
    threat: 'tiny-fragment',
    frames: (aim) => [
      ...repeat(20, (n) =>
        fragments(
          aim,
          72,
          [
            [0, 24],
            [24, 24],
            [48, 24],
          ],
          100 + n,
        ),
      ).flat(),
    ],
    stopped: 40,
    answers: 0,
  },
  {
    title: '20: a worm in one datagram',
    threat: 'payload',
    frames: (aim) => repeat(3, () => datagram(aim, 1434, WORMS.slammer)),
    stopped: 1,
    answers: 0,
    isBlocked: true,
  },
  {
    title: '20: a worm in a connection',
    threat: 'payload',
    frames: (aim) => [segment(aim, ['psh', 'ack'], 80, {}, WORMS.codeRed)],
    stopped: 1,
    answers: 0,
  },
  {
    title: 'the ping of death',
    threat: 'ping-of-death',
    frames: (aim) => fragments(aim, 65_912, [[65_512, 400]], 7),
    stopped: 1,
    answers: 0,
  },
  {
    title: 'land',
    threat: 'land',
    frames: (aim) => repeat(3, () => segment(aim, ['syn'], 80, { sourcePort: 80 })),
    source: (v) => (v === 4 ? '10.10.0.11' : 'fd10::11'),
    stopped: 3,
    answers: 0,
  },
  {
    title: 'smurf',
    threat: 'smurf',
    frames: (aim) => repeat(3, () => echo(aim)),
    target: (v) => (v === 4 ? '10.10.0.255' : 'ff02::1'),
    stopped: 3,
    answers: 0,
  },
  {
    title: 'winnuke',
    threat: 'winnuke',
    frames: (aim) => [segment(aim, ['psh', 'ack', 'urg'], 139, { urgent: 3 }, Buffer.from('bye'))],
    stopped: 1,
    answers: 0,
  },
  {
    title: 'impossible TCP flags',
    threat: 'bad-flags',
    frames: (aim) =>
      ([['syn', 'fin'], ['syn', 'rst'], ['fin', 'rst', 'ack'], ['urg']] as TcpFlag[][]).map((flags) => segment(aim, flags, 80)),
    stopped: 4,
    answers: 0,
  },
  { title: 'a port that doesn’t exist', threat: 'malformed', frames: (aim) => [datagram(aim, 0, Buffer.alloc(4))], stopped: 1, answers: 0 },
  {
    title: 'source routing',
    threat: 'source-route',
    frames: (aim) => [packet(aim, ICMP, icmp({ type: 8 }, Buffer.alloc(8)), { options: Buffer.from('8307040a0a000b00', 'hex') })],
    stopped: 1,
    answers: 0,
    families: [4],
  },
  {
    title: 'a spoofed source: one from inside',
    threat: 'spoofed',
    frames: (aim) => repeat(5, () => echo(aim)),
    source: (v) => (v === 4 ? '10.20.0.80' : 'fd20::80'),
    stopped: 5,
    answers: 0,
  },
  {
    title: 'a spoofed source: one that no wire carries',
    threat: 'spoofed',
    frames: (aim) => repeat(2, () => echo(aim)),
    source: () => '240.1.2.3',
    stopped: 2,
    answers: 0,
    families: [4],
  },
  {
    title: 'fragments that overlap the first',
    threat: 'overlapping-fragment',
    frames: (aim) =>
      fragments(
        aim,
        2000,
        [
          [0, 1400],
          [24, 800],
        ],
        8,
      ),
    stopped: 1,
    answers: 0,
  },
  {
    title: 'fragments that overlap in part',
    threat: 'overlapping-fragment',
    frames: (aim) =>
      fragments(
        aim,
        2400,
        [
          [0, 1400],
          [1000, 1000],
          [2000, 400],
        ],
        10,
      ),
    stopped: 1,
    answers: 0,
  },
  {
    title: 'a fragment sent twice',
    threat: 'overlapping-fragment',
    frames: (aim) =>
      fragments(
        aim,
        1600,
        [
          [1400, 200],
          [1400, 200],
        ],
        9,
      ),
    stopped: 1,
    answers: 0,
  },
  { title: 'a SYN scan', threat: 'syn-scan', frames: scan(['syn']), stopped: 1, answers: 15, isBlocked: true },
  { title: 'a FIN scan', threat: 'fin-scan', frames: scan(['fin']), stopped: 12, answers: 0, isBlocked: true },
  { title: 'a NULL scan', threat: 'null-scan', frames: scan([]), stopped: 12, answers: 0, isBlocked: true },
  { title: 'an XMAS scan', threat: 'xmas-scan', frames: scan(['fin', 'psh', 'urg']), stopped: 12, answers: 0, isBlocked: true },
];

/** Pings to one address after the other of a network behind the box. */
export function sweep(aim: Aim): Buffer[] {
  return repeat(40, (n) => echo({ ...aim, target: is6(aim) ? `fd99::${(n + 1).toString(16)}` : `10.99.0.${n + 1}` }));
}
