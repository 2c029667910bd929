import type { EngineLoad, EngineMetrics, EngineStatus, RefusedSource } from '@phalanx/contracts';

/** The engine as the agent sees it: its control socket. Every call has a deadline and rejects with `unavailable` past it. */
export interface EngineLink {
  status(): Promise<EngineStatus>;
  metrics(reader: string): Promise<EngineMetrics>;
  /** Sources whose requests were refused since it was last asked. */
  refusals(): Promise<readonly RefusedSource[]>;
  /** Rejects with `invalid` when the content is refused, naming the reason; nothing has changed then. */
  load(folder: 'staged' | 'active'): Promise<EngineLoad>;
  check(folder: 'staged' | 'active'): Promise<EngineLoad>;
}
