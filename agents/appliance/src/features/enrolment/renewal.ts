import { randomInt, X509Certificate } from 'node:crypto';
import { type EnrolmentGrant, renewAnswerSchema, type RenewRequest } from '@phalanx/contracts';
import { AppError, messageOf, sleep, withDeadline } from '@phalanx/kit';
import { createCertificateRequest, provePossession } from '@phalanx/trust';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';
import { untilAborted } from '../../platform/until-aborted.js';
import type { MqttControllerLink } from '../../platform/mqtt-controller-link.js';
import type { ControllerDirectory } from './controller-directory.js';
import { renew } from './enrolment-client.js';
import type { IdentityStore } from './identity-store.js';
import { credentialsOf } from './credentials.js';

const ANSWER_TIMEOUT_MS = 15_000;
/** How often it is looked whether a renewal is due: a share of the certificate's life, within these bounds. */
const CHECK = { share: 0.02, leastMs: 1_000, mostMs: 60_000 } as const;
const RETRY_FIRST_MS = 30_000;
const RETRY_MAX_MS = 1_800_000;
/** What a broker says that does not take the certificate; a broker that is only away says none of this. */
const CERTIFICATE_REFUSED = /certificate.(expired|revoked|unknown)|bad certificate|unknown ca|not authorized/i;
/** A certificate this young is not replaced because it is refused: the broker is at fault, or does not know it yet. */
const DOUBT_GAP_MS = 600_000;
/** How long after the start a link is waited for. */
const LINK_PATIENCE_MS = 120_000;

export interface RenewalOptions {
  readonly context: Pick<AgentContext, 'logger' | 'signal' | 'record'>;
  readonly link: MqttControllerLink;
  readonly store: IdentityStore;
  readonly directory: ControllerDirectory;
  readonly checkMs?: number;
  /** After the box lives under a new certificate. */
  readonly onRenewed: () => void;
}

/**
 * Renews the certificate after two thirds of its life, a little spread, over the link, or over HTTPS while there is none: a
 * box that was switched off for long finds its certificate refused. The life is counted by the wall clock and by the time that this
 * process runs, so a clock that is wrong does not let it run out.
 */
export class Renewal implements RunningFeature {
  private readonly ending = new AbortController();
  private readonly signal: AbortSignal;
  private readonly running: Promise<void>;
  private readonly startedAt = performance.now();
  private grantedAt = performance.now();
  private isRenewedHere = false;
  private failures = 0;
  private isRefused = false;
  private notBefore = 0;
  private lastCode = '';
  private wakeUp: () => void = () => undefined;
  private answered: ((payload: Buffer) => void) | null = null;
  /** Part of the life after which this certificate is renewed: boxes that enrolled together do not come back together. */
  private share = 0.66 + randomInt(60) / 1000;

  constructor(private readonly options: RenewalOptions) {
    const { link, context } = options;
    this.signal = AbortSignal.any([context.signal, this.ending.signal]);
    link.onDown('renew', (payload) => this.answered?.(payload));
    link.onConnected(() => (this.isRefused = false));
    link.onRefused((reason) => this.doubt(reason));
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.ending.abort(new AppError('unavailable', 'enrolment.stopped', 'the agent is stopping'));
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.signal.aborted) {
      if (!this.isAdopted()) await this.adopt();
      else if (performance.now() >= this.notBefore && this.isDue() && this.canAsk()) await this.attempt();
      await this.rest();
    }
  }

  private isDue(): boolean {
    if (this.isRefused && !(this.isRenewedHere && performance.now() - this.grantedAt < DOUBT_GAP_MS)) return true;
    const { from, lifeMs } = this.life();
    if (performance.now() - this.grantedAt >= lifeMs * this.share) return true;
    // One whose clock runs far ahead would renew for ever: what this process has just got, it keeps for a while.
    return !this.isRenewedHere && Date.now() >= from + lifeMs * this.share;
  }

  private life(): { from: number; lifeMs: number } {
    const { validFrom, validTo } = new X509Certificate(this.options.directory.grant().certificatePem);
    const from = Date.parse(validFrom);
    return { from, lifeMs: Date.parse(validTo) - from };
  }

  /** The link comes first; without one, the HTTPS endpoint is for when it was refused, or stays away. */
  private canAsk(): boolean {
    if (this.options.link.connectionId() !== null || this.isRefused) return true;
    return performance.now() - this.startedAt > LINK_PATIENCE_MS;
  }

  private async attempt(): Promise<void> {
    const { store, directory, context } = this.options;
    try {
      const grant = await untilAborted(this.signal, this.obtain());
      // It must stand on disk before the first connection with it ends the old one.
      store.saveGrant(grant);
      directory.take(grant);
      this.grantedAt = performance.now();
      this.isRenewedHere = true;
      this.share = 0.66 + randomInt(60) / 1000;
      this.failures = 0;
      this.isRefused = false;
      this.lastCode = '';
      context.logger.info('the certificate was renewed', { serial: grant.serial, notAfter: grant.notAfter });
    } catch (error) {
      this.putOff(error);
      return;
    }
    await this.adopt();
  }

  private isAdopted(): boolean {
    return this.options.link.identity.serial === this.options.directory.grant().serial;
  }

  /** Takes the link over to the new certificate; until that works it stays under the old one, and this is tried again. */
  private async adopt(): Promise<void> {
    const { store, directory, link, context, onRenewed } = this.options;
    try {
      await link.adopt(credentialsOf(directory.grant(), store.privateKey()));
      onRenewed();
    } catch (error) {
      if (!this.signal.aborted) context.logger.warn('the link does not stand under the new certificate yet', { error: messageOf(error) });
    }
  }

  private putOff(error: unknown): void {
    const { context } = this.options;
    if (this.signal.aborted) return;
    const waitMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(this.failures++, 10));
    this.notBefore = performance.now() + waitMs / 2 + Math.random() * (waitMs / 2);
    context.logger.warn('the certificate could not be renewed', { error: messageOf(error), waitMs });
    const code = error instanceof AppError ? error.code : 'enrolment.trouble';
    if (code === this.lastCode) return;
    this.lastCode = code;
    context.record({
      kind: 'system',
      code: 'enrolment.renewal-failed',
      severity: 'WARNING',
      message: messageOf(error).slice(0, 2000),
      details: { code },
    });
  }

  private async obtain(): Promise<EnrolmentGrant> {
    const { link, directory } = this.options;
    if (link.connectionId() !== null) return this.obtainByLink();
    let last: unknown = new AppError('unavailable', 'enrolment.no-address', 'no address of the enrolment endpoint is known');
    for (const url of directory.enrolmentUrls()) {
      try {
        return await renew(url, directory.grant().caPem, await this.request());
      } catch (error) {
        last = error;
        if (error instanceof AppError && error.kind === 'forbidden') throw error;
      }
    }
    throw last;
  }

  private async obtainByLink(): Promise<EnrolmentGrant> {
    const request = await this.request();
    const answer = await withDeadline(
      ANSWER_TIMEOUT_MS,
      'the renewal',
      async () =>
        new Promise<Buffer>((resolve, reject) => {
          this.answered = resolve;
          this.options.link.publish('renew', JSON.stringify(request)).catch(reject);
        }),
    ).finally(() => (this.answered = null));
    const parsed = renewAnswerSchema.safeParse(JSON.parse(answer.toString('utf8')));
    if (!parsed.success)
      throw new AppError('unavailable', 'enrolment.bad-answer', 'the answer to the renewal was not understood', { cause: parsed.error });
    if (parsed.data.status === 'refused') throw new AppError('forbidden', parsed.data.code, parsed.data.message);
    return parsed.data.grant;
  }

  private async request(): Promise<RenewRequest> {
    const { store, directory } = this.options;
    const { applianceId, serial } = directory.grant();
    const privateKeyPem = store.privateKey();
    const csrPem = await createCertificateRequest(privateKeyPem, 'phalanx appliance');
    const claim = { applianceId, serial, csrPem, issuedAt: new Date().toISOString() };
    return { ...claim, proof: provePossession(claim, privateKeyPem) };
  }

  /** The broker says that the certificate ran out or is revoked: that is asked about at once. */
  private doubt(reason: string): void {
    if (!CERTIFICATE_REFUSED.test(reason)) return;
    this.isRefused = true;
    this.wakeUp();
  }

  private async rest(): Promise<void> {
    const over = new AbortController();
    this.wakeUp = () => over.abort();
    const checkMs = Math.min(CHECK.mostMs, Math.max(CHECK.leastMs, this.life().lifeMs * CHECK.share));
    // Woken early is as good as slept through.
    await sleep(this.options.checkMs ?? checkMs, AbortSignal.any([over.signal, this.signal])).catch(() => undefined);
    this.wakeUp = () => undefined;
  }
}
