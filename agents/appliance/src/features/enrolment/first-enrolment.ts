import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { EnrolmentGrant } from '@phalanx/contracts';
import { AppError, backoffMs, type Logger, messageOf, sleep } from '@phalanx/kit';
import { createCertificateRequest } from '@phalanx/trust';
import type { ClaimOptions } from '../../agent.config.js';
import { AGENT_VERSION } from '../../version.js';
import { enrol, fetchAuthority } from './enrolment-client.js';
import type { IdentityStore } from './identity-store.js';

const RETRY = { firstMs: 1_000, maxMs: 60_000 } as const;

export interface FirstEnrolmentOptions {
  readonly store: IdentityStore;
  readonly claim: ClaimOptions | null;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * The box's grant: the stored one, else a new one for the claim. Waits for a controller that can't be reached; throws `forbidden` when it
 * refuses, and `invalid` with code `enrolment.no-claim` when there is nothing to enrol with.
 */
export async function ensureEnrolled({ store, claim, logger, signal }: FirstEnrolmentOptions): Promise<EnrolmentGrant> {
  const stored = store.grant();
  if (stored) return stored;
  if (!claim)
    throw new AppError(
      'invalid',
      'enrolment.no-claim',
      'this box has not enrolled: start it with --claim, --enrol-url and --ca-fingerprint',
    );
  for (let attempt = 0; ; attempt++) {
    try {
      const grant = await enrolOnce(store, claim);
      store.saveGrant(grant);
      logger.info('enrolled', { applianceId: grant.applianceId, serial: grant.serial, notAfter: grant.notAfter });
      return grant;
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'unavailable') throw error;
      const waitMs = backoffMs(attempt, RETRY);
      logger.warn('could not enrol yet', { error: messageOf(error), waitMs });
      await sleep(waitMs, signal);
    }
  }
}

async function enrolOnce(store: IdentityStore, { claim, enrolmentUrl, caFingerprint }: ClaimOptions): Promise<EnrolmentGrant> {
  const privateKeyPem = store.privateKey();
  const caPem = await fetchAuthority(enrolmentUrl, caFingerprint);
  return enrol(enrolmentUrl, caPem, {
    claim,
    // Made anew each time: a controller whose answer was lost tells us by this from one who replays what we sent.
    csrPem: await createCertificateRequest(privateKeyPem, 'phalanx appliance'),
    facts: { hostname: hostname().slice(0, 253), agentVersion: AGENT_VERSION, machineId: machineId() },
  });
}

function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'ascii').trim().slice(0, 128);
  } catch {
    // A fact for people to look at: a machine without one is fine.
    return 'unknown';
  }
}
