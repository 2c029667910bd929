import { messageOf, type Logger } from '@phalanx/kit';
import { BodyStore } from './body-store.js';
import type { BodyLimits } from './config.js';
import type { ServerContext } from './context.js';

/** What holding a further piece has come to. */
export type HoldResult = 'held' | 'over-limit' | 'failed';

/** Limits of a body that is held for inspection; bytes. */
interface HoldLimits {
  readonly memoryBytes: number;
  readonly limitBytes: number;
  readonly spillFolder: string;
}

/** A body, or the beginning of one, that is held until its verdict. */
export class HeldBody {
  readonly store: BodyStore;
  readonly #limitBytes: number;
  readonly #logger: Logger;
  #isOverLimit = false;

  private constructor(limits: HoldLimits, logger: Logger) {
    this.store = new BodyStore(limits.memoryBytes, limits.spillFolder);
    this.#limitBytes = limits.limitBytes;
    this.#logger = logger;
  }

  /** A body of which the first `limitBytes` are judged. */
  static make({ logger, spillFolder }: ServerContext, { bodyMemoryBytes }: BodyLimits, limitBytes: number): HeldBody {
    return new HeldBody({ memoryBytes: bodyMemoryBytes, limitBytes, spillFolder }, logger);
  }

  /** More than the limit has come: what is judged is only the beginning. */
  get isOverLimit(): boolean {
    return this.#isOverLimit;
  }

  /** What is judged: everything up to the limit. */
  inspected(): Buffer {
    return this.store.first(this.#limitBytes);
  }

  /** `over-limit` is given once, when the limit is passed; pieces after it are held on. */
  push(piece: Buffer): HoldResult {
    try {
      this.store.push(piece);
    } catch (error) {
      this.#logger.error('a body could not be spilled', { reason: messageOf(error) });
      return 'failed';
    }
    if (this.#isOverLimit || this.store.size <= this.#limitBytes) return 'held';
    this.#isOverLimit = true;
    return 'over-limit';
  }
}
