import type { ApplicationPolicy } from '../policy/appliance-policy.js';
import { ipAddressSchema } from '../primitives.js';

type Subject = Pick<ApplicationPolicy, 'id' | 'name' | 'listenPort' | 'upstream' | 'settings'>;

/**
 * Why this application can't be bypassed when its engine dies, or null where it can (F48): it must alone own its port, and its origin must
 * speak to clients as the listener does. `all` are the applications of the same box.
 */
export function bypassRefusal(subject: Subject, all: readonly Subject[]): string | null {
  const others = all.filter((other) => other.id !== subject.id && other.listenPort === subject.listenPort);
  if (others.length > 0) return `port ${subject.listenPort} is shared with ${others[0]!.name}: a bypass can't tell them apart`;
  const { upstream, settings } = subject;
  const isTls = settings.tls.certificateId !== null;
  if (isTls && upstream.protocol === 'http') return 'clients speak TLS and the origin speaks plain HTTP';
  if (!isTls && upstream.protocol === 'https') return 'clients speak plain HTTP and the origin speaks TLS';
  const named = upstream.targets.find((target) => !ipAddressSchema.safeParse(target.host).success);
  return named ? `the origin ${named.host} is a name: a bypass needs its address` : null;
}
