import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { appliancePolicySchema, type EnrolmentIdentity, secretAnswerSchema, type SecretAnswer, tlsSecretSchema } from '@phalanx/contracts';
import { AppError, messageOf, withDeadline } from '@phalanx/kit';
import { openSecret } from '@phalanx/trust';
import { untilAborted } from '../../platform/until-aborted.js';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';

const ANSWER_TIMEOUT_MS = 10_000;
const FILE = /^([0-9a-f-]{36})\.json$/;

export interface SecretsOptions {
  /** Of the present grant. */
  readonly privateKey: () => string;
}

/**
 * The secrets in the engine's `secrets/`: asked for one by one, opened with the box's own key, written for the engine alone. What neither
 * the running nor the next policy names is removed.
 */
export class Secrets implements RunningFeature {
  private readonly folder: string;
  private readonly waiting = new Map<string, (answer: SecretAnswer) => void>();
  private refreshing: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: AgentContext,
    private readonly options: SecretsOptions,
  ) {
    this.folder = join(context.home.engine, 'secrets');
    context.disk.makeFolder(this.folder);
    context.link.onDown('secret', (payload) => this.take(payload));
  }

  /** Has these secrets on disk. Throws `unavailable` when one can't be had now. */
  async ensure(ids: readonly string[]): Promise<void> {
    const held = new Set(this.held());
    for (const id of new Set(ids)) if (!held.has(id)) await this.fetch(id);
    this.removeAllBut(new Set([...ids, ...this.named('active'), ...this.named('staged')]));
  }

  /** Asks again for all that is held: the box has a new certificate, to which the controller seals from now on. */
  refresh(): void {
    this.refreshing = this.refreshing.then(async () => {
      for (const id of this.held()) {
        if (this.context.signal.aborted) return;
        try {
          await this.fetch(id);
        } catch (error) {
          // What is on disk still works; a policy that needs another comes through `ensure`.
          this.context.logger.warn('a secret could not be asked for again', { secretId: id, error: messageOf(error) });
        }
      }
    });
  }

  async stop(): Promise<void> {
    await this.refreshing;
  }

  private async fetch(secretId: string): Promise<void> {
    const { link, disk } = this.context;
    const identity: EnrolmentIdentity = link.identity;
    const answer = await untilAborted(this.context.signal, this.ask(secretId));
    if (answer.status === 'missing')
      throw new AppError('unavailable', 'secrets.missing', `the controller does not have secret ${secretId} for this box`);
    const plain = openSecret(answer.sealed, this.options.privateKey(), { secretId, ...identity }).toString('utf8');
    const secret = tlsSecretSchema.parse(JSON.parse(plain));
    disk.replace(join(this.folder, `${secretId}.json`), JSON.stringify(secret), 0o600);
  }

  private async ask(secretId: string): Promise<SecretAnswer> {
    const requestId = randomUUID();
    try {
      return await withDeadline(
        ANSWER_TIMEOUT_MS,
        `asking for secret ${secretId}`,
        () =>
          new Promise<SecretAnswer>((resolve, reject) => {
            this.waiting.set(requestId, resolve);
            this.context.link.publish('secret', JSON.stringify({ requestId, secretId })).catch(reject);
          }),
      );
    } finally {
      this.waiting.delete(requestId);
    }
  }

  private take(payload: Buffer): void {
    const parsed = secretAnswerSchema.safeParse(JSON.parse(payload.toString('utf8')));
    if (!parsed.success) throw new AppError('invalid', 'secrets.bad-answer', 'an answer with a secret was not understood');
    this.waiting.get(parsed.data.requestId)?.(parsed.data);
  }

  private held(): string[] {
    return readdirSync(this.folder).flatMap((name) => FILE.exec(name)?.[1] ?? []);
  }

  private named(folder: 'active' | 'staged'): string[] {
    const bytes = this.context.disk.read(join(this.context.home.engine, folder, 'policy.json'));
    if (!bytes) return [];
    const policy = appliancePolicySchema.safeParse(JSON.parse(bytes.toString('utf8')));
    if (!policy.success) return this.held();
    return policy.data.applications.flatMap((application) => application.settings.tls.certificateId ?? []);
  }

  private removeAllBut(kept: ReadonlySet<string>): void {
    for (const id of this.held()) if (!kept.has(id)) this.context.disk.remove(join(this.folder, `${id}.json`));
  }
}
