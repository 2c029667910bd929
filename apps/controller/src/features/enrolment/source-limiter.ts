import { isIPv6 } from 'node:net';

const WINDOW_MS = 60_000;
const SOURCES = 20_000;

/** Counts per source address, IPv6 by /64, in windows of a minute. Bounded: when too many sources come, the oldest are forgotten. */
export class SourceLimiter {
  private readonly windows = new Map<string, { count: number; endsAt: number }>();

  constructor(private readonly limit: number) {}

  /** Seconds to wait, or null when the source is below its limit. */
  retryAfterSeconds(address: string, now = Date.now()): number | null {
    const window = this.windows.get(sourceOf(address));
    if (!window || window.endsAt <= now || window.count < this.limit) return null;
    return Math.max(1, Math.ceil((window.endsAt - now) / 1000));
  }

  count(address: string, now = Date.now()): void {
    const source = sourceOf(address);
    const window = this.windows.get(source);
    if (window && window.endsAt > now) {
      window.count++;
      return;
    }
    this.windows.delete(source);
    if (this.windows.size >= SOURCES) this.windows.delete(this.windows.keys().next().value!);
    this.windows.set(source, { count: 1, endsAt: now + WINDOW_MS });
  }
}

/** An IPv4 address as it is, also when it comes inside IPv6; else the /64. */
function sourceOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%')[0]!;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? front : [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
