import { request } from 'node:https';
import { createCertificateRequest, provePossession } from '@phalanx/trust';
import type { CapturedIdentity } from '../e2e/captured-identity.js';

export interface DoorAnswer {
  readonly status: number;
  readonly body: { readonly code?: string } & Readonly<Record<string, unknown>>;
}

/** Posts to the enrolment endpoint, trusting its own authority only. */
export function postToDoor(url: string, caPem: string, body: unknown): Promise<DoorAnswer> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const call = request(url, {
      method: 'POST',
      ca: caPem,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      timeout: 15_000,
    });
    call.once('error', reject);
    call.once('timeout', () => call.destroy(new Error(`${url} did not answer`)));
    call.once('response', (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) as DoorAnswer['body'] }));
      response.once('error', reject);
    });
    call.end(text);
  });
}

/** The body of an enrolment, with a certificate request made now. */
export async function enrolBody(claim: string, privateKeyPem: string): Promise<object> {
  const facts = { hostname: 'rogue', agentVersion: '0.1.0', machineId: 'rogue-machine' };
  return { claim, csrPem: await createCertificateRequest(privateKeyPem, 'rogue'), facts };
}

/** Asks over HTTPS for the next certificate of an identity, proved with this key. */
export async function renewAtDoor({ identity, grant }: CapturedIdentity, privateKeyPem: string): Promise<DoorAnswer> {
  const claim = { ...identity, csrPem: await createCertificateRequest(privateKeyPem, 'rogue'), issuedAt: new Date().toISOString() };
  const url = new URL('/enrol/v1/renew', grant.enrolmentUrls[0]).href;
  return postToDoor(url, grant.caPem, { ...claim, proof: provePossession(claim, privateKeyPem) });
}
