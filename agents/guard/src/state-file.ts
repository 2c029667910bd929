import { renameSync, utimesSync, writeFileSync } from 'node:fs';
import type { GuardState } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import { now } from './box-clock.js';
import type { Outcome } from './outages.js';

const RENEW_MS = 5_000;

/** `guard/state.json`: how the guard stands, for the agent's heartbeat and the pair's keeper. */
export class StateFile {
  private written: GuardState | null = null;
  private renewedAtMs = performance.now();

  constructor(
    private readonly path: string,
    private readonly logger: Logger,
  ) {}

  /** Shows from time to time that the guard lives. */
  renew(): void {
    if (!this.written || performance.now() - this.renewedAtMs < RENEW_MS) return;
    this.renewedAtMs = performance.now();
    try {
      utimesSync(this.path, new Date(), new Date());
    } catch (error) {
      this.written = null;
      this.logger.error('the state could not be renewed', { reason: messageOf(error) });
    }
  }

  write(outcomes: readonly (Outcome | null)[], bypassedConnections: number): void {
    const state = stateOf(new Set(outcomes));
    const before = this.written;
    if (before?.state === state && before.bypassedConnections === bypassedConnections) return;
    const next: GuardState = { state, since: before?.state === state ? before.since : now().time, bypassedConnections };
    try {
      // The next guard tells it anew: it need not outlive a power cut.
      const temporary = `${this.path}.tmp`;
      writeFileSync(temporary, JSON.stringify(next), { mode: 0o600 });
      renameSync(temporary, this.path);
      this.written = next;
    } catch (error) {
      this.logger.error('the state could not be written', { reason: messageOf(error) });
    }
  }
}

function stateOf(outcomes: ReadonlySet<Outcome | null>): GuardState['state'] {
  const isOpen = outcomes.has('bypassed');
  const isClosed = outcomes.has('refused');
  if (isOpen && isClosed) return 'open-and-closed';
  if (isOpen) return 'open';
  if (isClosed) return 'closed';
  return outcomes.has('waiting') ? 'waiting-for-peer' : 'watching';
}
