import type { ApplicationPolicy } from '../policy/appliance-policy.js';
import { ipAddressSchema } from '../primitives.js';

type Subject = Pick<ApplicationPolicy, 'id' | 'name' | 'listenPort' | 'upstream' | 'settings'>;

/** IP version of an address. */
export function ipFamilyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/**
 * Why this application can't be bypassed when its engine dies, or null where it can (F48): it must alone own its port, and its origin must
 * speak to clients as the listener does, at an address that the box can lead them to. `all` are the applications of the same box. Clients of an IP
 * version that no origin has can't be led either: where the rest can, those fail closed.
 */
export function bypassRefusal(subject: Subject, all: readonly Subject[]): string | null {
  const others = all.filter((other) => other.id !== subject.id && other.listenPort === subject.listenPort);
  if (others.length > 0) return `port ${subject.listenPort} is shared with ${others[0]!.name}: a bypass can't tell them apart`;
  const { upstream, settings } = subject;
  const isTls = settings.tls.certificateId !== null;
  if (isTls && upstream.protocol === 'http') return 'clients speak TLS and the origin speaks plain HTTP';
  if (!isTls && upstream.protocol === 'https') return 'clients speak plain HTTP and the origin speaks TLS';
  const hosts = upstream.targets.map(({ host }) => host);
  const named = hosts.find((host) => !ipAddressSchema.safeParse(host).success);
  if (named !== undefined) return `the origin ${named} is a name: a bypass needs its address`;
  const local = hosts.find((host) => host.startsWith('127.') || host === '::1' || host === '0.0.0.0' || host === '::');
  return local === undefined ? null : `the origin ${local} is the box itself: clients can't be led there`;
}
