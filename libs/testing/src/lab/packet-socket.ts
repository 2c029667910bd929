import { AppError } from '@phalanx/kit';
import type { Child } from '../processes/child.js';
import type { LabLink } from './lab-link.js';

// Node has no raw sockets. Perl is on every Debian system (`perl-base` is essential) and needs no module for these few lines.
// 17: AF_PACKET; 3: SOCK_RAW, in an address every protocol, which is 0x0300 where it is swapped; pack 'SnlSCCa8': sockaddr_ll.
const INTERFACE = `my $if = shift; open(my $f, '<', "/sys/class/net/$if/ifindex") or die "$if: $!"; my $index = <$f>;`;
const SEND = `${INTERFACE} my $pause = shift;
socket(my $s, 17, 3, 0) or die "socket: $!";
my $to = pack('SnlSCCa8', 17, 0, $index, 0, 0, 6, '');
while (<STDIN>) { chomp; defined(send($s, pack('H*', $_), 0, $to)) or die "send: $!"; select(undef, undef, undef, $pause) if $pause > 0 }`;
const LISTEN = `${INTERFACE} $| = 1;
socket(my $s, 17, 3, 0x0300) or die "socket: $!";
bind($s, pack('SnlSCCa8', 17, 3, $index, 0, 0, 0, '')) or die "bind: $!";
print "capturing\\n";
while (defined(my $from = recv($s, my $frame, 65535, 0))) { next if (unpack('SnlSC', $from))[4] == 4; print unpack('H*', $frame), "\\n" }`;

/** Sends frames out of a link's interface as they are, one after the other. Throws with the kernel's reason when one is refused, for example beyond the MTU. */
export async function sendFrames(link: LabLink, frames: readonly Buffer[], { pauseMs = 0, timeoutMs = 30_000 } = {}): Promise<void> {
  const input = frames.map((frame) => `${frame.toString('hex')}\n`).join('');
  await link.host.run('perl', ['-e', SEND, link.name, String(pauseMs / 1000)], { input, timeoutMs });
}

/** What arrives at a link's interface, as Ethernet frames, before any firewall of that host judges it. What the host itself sends is left out. */
export class FrameCapture {
  readonly frames: Buffer[] = [];

  private constructor(private readonly child: Child) {
    child.onLine((line) => {
      if (/^[0-9a-f]+$/.test(line)) this.frames.push(Buffer.from(line, 'hex'));
    });
  }

  static async start(link: LabLink): Promise<FrameCapture> {
    const capture = new FrameCapture(link.host.spawn('perl', ['-e', LISTEN, link.name]));
    await capture.child.line(/^capturing/m);
    return capture;
  }

  /** The frames so far, without the capture itself ending. Throws when it has died. */
  seen(): readonly Buffer[] {
    if (!this.child.running) throw new AppError('unavailable', 'lab.capture', `the capture ended: ${this.child.output().slice(-500)}`);
    return this.frames;
  }

  async stop(): Promise<readonly Buffer[]> {
    await this.child.stop('SIGTERM', 1_000);
    await this.child.drained;
    return this.frames;
  }
}
