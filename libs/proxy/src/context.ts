import type { Logger } from '@phalanx/kit';
import type { Deadlines } from './deadlines.js';
import type { Generation } from './generation.js';
import type { ProxyHooks, SourceLedger } from './options.js';

/** What all connections of a server share. */
export interface ServerContext {
  readonly logger: Logger;
  readonly hooks: ProxyHooks;
  readonly sources: SourceLedger;
  readonly deadlines: Deadlines;
  readonly spillFolder: string;
  readonly counters: Counters;
  /** The generation that new requests begin with. */
  generation: Generation;
}

/** A client's connection, as its listener sees it. */
export interface Connection {
  /** Ends it after the answer under way; at once when there is none. */
  drain(): void;
  destroy(): void;
  /** An exchange is under way, or bytes of an answer have not left yet. */
  readonly isBusy: boolean;
}

/** Running counts of a server. */
export class Counters {
  connections = 0;
  connectionsTotal = 0;
  connectionsRefused = 0;
  exchangesActive = 0;
  exchangesTotal = 0;
  malformed = 0;
  bytesIn = 0;
  bytesOut = 0;
}
