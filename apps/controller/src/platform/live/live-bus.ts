import type { LiveTopic } from '@phalanx/contracts';

/** A hint that something changed, for screens that are open now. Lossy by design: its reader reads the data anew. */
export interface LiveHint {
  readonly topic: LiveTopic;
  readonly tenantId: string | null;
  /** Ids of what changed; at most 100 a hint. */
  readonly ids: readonly string[];
}

/** Carries hints to every replica (PostgreSQL NOTIFY). Never blocks or fails the work that emits. */
export abstract class LiveBus {
  /** After the current transaction has committed, or at once outside of one. */
  abstract publish(hint: LiveHint): void;
  /** Returns the function that ends the subscription. */
  abstract subscribe(listener: (hint: LiveHint) => void): () => void;
}
