import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { enrolRequestSchema } from '@phalanx/contracts';
import { nodeDisk, silentLogger } from '@phalanx/kit';
import { certificateFingerprint } from '@phalanx/trust';
import { AuthorityWorld, refusal } from '../../testing/authority-world.js';
import { ensureEnrolled } from './first-enrolment.js';
import { IdentityStore } from './identity-store.js';

describe('the first enrolment of a box', () => {
  let world: AuthorityWorld;
  let folder: string;
  let store: IdentityStore;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    world = await AuthorityWorld.start();
  });
  afterAll(() => world?.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'phalanx-identity-'));
    store = new IdentityStore(nodeDisk, join(folder, 'identity'));
    world.requests.length = 0;
    world.handler = async (_, body) => ({ status: 200, body: await world.grantForRequest(String(body['csrPem']), randomUUID()) });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const claim = (fingerprint = certificateFingerprint(world.rootPem)) => ({
    claim: 'pxc_0123456789012345678901234567890123456789',
    enrolmentUrl: world.enrolmentUrl,
    caFingerprint: fingerprint,
  });
  const enrol = (given: ReturnType<typeof claim> | null) => ensureEnrolled({ store, claim: given, logger: silentLogger, signal });

  it('makes a key that only its owner can read, and keeps the grant', async () => {
    const grant = await enrol(claim());
    expect(enrolRequestSchema.parse(world.requests[0]!.body).claim).toBe(claim().claim);
    expect(statSync(join(folder, 'identity/key.pem')).mode & 0o077).toBe(0);
    expect(JSON.stringify(world.requests)).not.toContain('PRIVATE KEY');
    expect(JSON.parse(readFileSync(join(folder, 'identity/grant.json'), 'utf8'))).toEqual(grant);
  });

  it('asks for nothing once the box has enrolled, whatever claim is given', async () => {
    const grant = await enrol(claim());
    world.requests.length = 0;
    expect(await enrol(null)).toEqual(grant);
    expect(await enrol(claim())).toEqual(grant);
    expect(world.requests).toEqual([]);
  });

  it('sends nothing to a server without the pinned authority', async () => {
    await expect(enrol(claim('0'.repeat(64)))).rejects.toMatchObject({ kind: 'forbidden', code: 'enrolment.other-authority' });
    expect(world.requests).toEqual([]);
  });

  it('goes on with the same key and a request made anew when the answer was lost', async () => {
    let count = 0;
    const answer = world.handler;
    world.handler = async (path, body) => (count++ === 0 ? refusal('http.internal', 500) : answer(path, body));
    await enrol(claim());
    const [first, second] = world.requests.map(({ body }) => String(body['csrPem']));
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
    expect(world.requests).toHaveLength(2);
  });

  it('ends with the controller’s own words when it is refused, and without a claim', async () => {
    world.handler = async () => refusal('enrolment.claim-replayed');
    await expect(enrol(claim())).rejects.toMatchObject({ kind: 'forbidden', code: 'enrolment.claim-replayed' });
    await expect(enrol(null)).rejects.toMatchObject({ kind: 'invalid', code: 'enrolment.no-claim' });
    expect(store.grant()).toBeNull();
  });
});
