import { type HaCause, type HaState, type HaStatus, haStatusSchema, type ApplianceHa } from '@phalanx/contracts';
import { type Disk, type Logger, messageOf } from '@phalanx/kit';
import { type EventInstant, instantNow, readBootId } from '../../../platform/box-identity.js';
import type { RecordedEvent } from '../../../platform/feature.js';
import { parseFile } from '../keeper-plan.js';

/** The last sign of the peer is written no more often than this. */
const PEER_SEEN_MS = 2_000;

export interface Transition {
  readonly to: HaState;
  readonly cause: HaCause;
  readonly held: readonly string[];
  readonly priority: number;
  readonly mended?: readonly string[];
  readonly message: string;
  /** When it happened; now unless given. */
  readonly at?: EventInstant;
}
type Facts = Pick<HaStatus, 'held' | 'engineHealthy' | 'sync'>;

/** The member's present status: in `ha/state.json` at each change, and each transition as an event. */
export class StatusBook {
  private status: HaStatus | null;
  private readonly bootId = readBootId();
  private peerWrittenAtMs = 0;

  constructor(
    private readonly path: string,
    private readonly disk: Disk,
    private readonly record: (event: RecordedEvent, at: EventInstant) => void,
    private readonly logger: Logger,
  ) {
    const known = parseFile(haStatusSchema, disk.read(path));
    // Of another boot: nothing of it holds any more.
    this.status = known?.bootId === this.bootId ? known : null;
  }

  get state(): HaState {
    return this.status?.state ?? 'stopped';
  }

  get cause(): HaCause {
    return this.status?.cause ?? 'start';
  }

  /** Another pair, or none before: begins from nothing. */
  begin({ clusterId, order, commandId }: ApplianceHa): void {
    const isSame = this.status?.clusterId === clusterId;
    const status: HaStatus = isSame
      ? { ...this.status!, order, commandId }
      : {
          clusterId,
          state: 'stopped',
          cause: 'start',
          ...this.since(instantNow()),
          order,
          commandId,
          held: [],
          engineHealthy: false,
          peerSeenAt: null,
          sync: 'off',
        };
    this.write(status);
  }

  /** Notes a change of state and tells of it. */
  move({ to, cause, held, priority, mended = [], message, at = instantNow() }: Transition): void {
    if (!this.status) return;
    const { state: from, clusterId, order, commandId } = this.status;
    const kept = { clusterId, from, to, cause, order, commandId, priority, held: [...held], mended: [...mended] };
    this.record({ kind: 'ha', ...kept, message: message.slice(0, 500) }, at);
    this.logger.info('the member changed its state', { from, to, cause, held, mended, message });
    const peerSeenAt = to === 'master' ? null : this.status.peerSeenAt;
    this.write({ ...this.status, state: to, cause, ...this.since(at), held: [...held], peerSeenAt });
  }

  /** Notes what can change without a change of state. */
  note(facts: Facts): void {
    const { status } = this;
    if (!status) return;
    const isSame = status.engineHealthy === facts.engineHealthy && status.sync === facts.sync && status.held.join() === facts.held.join();
    if (!isSame) this.write({ ...status, ...facts, held: [...facts.held] });
  }

  sawPeer(): void {
    if (!this.status || performance.now() - this.peerWrittenAtMs < PEER_SEEN_MS) return;
    this.peerWrittenAtMs = performance.now();
    this.write({ ...this.status, peerSeenAt: new Date().toISOString() });
  }

  end(): void {
    this.status = null;
    this.disk.remove(this.path);
  }

  private since({ time, monotonicMs }: EventInstant): Pick<HaStatus, 'since' | 'bootId' | 'monotonicMs'> {
    return { since: time, bootId: this.bootId, monotonicMs };
  }

  private write(status: HaStatus): void {
    this.status = status;
    try {
      this.disk.replace(this.path, JSON.stringify(status));
    } catch (error) {
      // A full disk must not end the pair's watch: the next change tries again.
      this.logger.error('the state could not be written', { error: messageOf(error) });
    }
  }
}
