import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createPublicKey } from 'node:crypto';
import { AppError, sleep } from '@phalanx/kit';
import { generateCertificateKey } from '@phalanx/trust';
import type { ListenerAddress } from './mosquitto-configuration.js';

const ATTEMPT_MS = 1_000;
const DEADLINE_MS = 3_000;
const PAUSE_MS = 20;
/** CONNECT of MQTT 5 with an empty client id: a broker that admits the certificate answers it. */
const CONNECT_PACKET = Buffer.from([0x10, 0x0d, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, 0x05, 0x02, 0x00, 0x0a, 0x00, 0x00, 0x00]);

export interface ProbeCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** A key and certificate made for one probe. */
export async function makeProbe(
  issue: (publicKey: ReturnType<typeof createPublicKey>) => Promise<{ readonly serial: string; readonly certificatePem: string }>,
): Promise<ProbeCertificate & { readonly serial: string }> {
  const pair = generateCertificateKey();
  return { ...(await issue(createPublicKey(pair.publicKeyPem))), privateKeyPem: pair.privateKeyPem };
}

/**
 * Waits until the broker refuses a certificate that stands on the newest list and on none before, which shows that the broker has
 * read that list. Throws `unavailable` with code `broker.revocation-not-effective` when it still admits it at the deadline.
 */
export async function awaitRefusal({ host, port }: ListenerAddress, probe: ProbeCertificate): Promise<void> {
  const address = { host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port };
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const outcome = await attempt(address, probe);
    if (outcome === 'refused') return;
    if (Date.now() > deadline)
      throw new AppError('unavailable', 'broker.revocation-not-effective', 'the broker does not refuse a revoked certificate', {
        details: { outcome },
      });
    await sleep(PAUSE_MS);
  }
}

async function attempt(address: ListenerAddress, probe: ProbeCertificate): Promise<'refused' | 'admitted' | 'unreachable'> {
  return new Promise((resolve) => {
    const raw = connect(address);
    let reached = false;
    raw.once('connect', () => (reached = true));
    // The broker's own certificate is of no interest here: nothing secret is sent.
    const socket = connectTls({ socket: raw, cert: probe.certificatePem, key: probe.privateKeyPem, rejectUnauthorized: false });
    const finish = (outcome: 'refused' | 'admitted' | 'unreachable') => {
      clearTimeout(timer);
      socket.destroy();
      raw.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => finish('unreachable'), ATTEMPT_MS);
    socket.once('secureConnect', () => socket.write(CONNECT_PACKET));
    socket.once('data', () => finish('admitted'));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      finish(reached && /certificate.?revoked/i.test(`${error.code} ${error.message}`) ? 'refused' : 'unreachable'),
    );
    raw.on('error', () => finish('unreachable'));
    socket.once('close', () => finish('unreachable'));
  });
}
