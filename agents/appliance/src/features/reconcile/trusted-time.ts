import { AppError } from '@phalanx/kit';
import type { ReleaseContent } from '../content/index.js';

/** No agent with this code was built before: a clock that says so is wrong. */
const BUILT_AFTER = Date.UTC(2026, 10, 1);
/** A controller renews its signed time every few days. One that ended so long ago means that our clock runs ahead, or that we are being held back. */
const FAR_MS = 30 * 86_400_000;

/** Whether the box's wall clock can be trusted. Without it no signed expiry means anything: the box then keeps what runs and takes nothing new. */
export class TrustedTime {
  /** When the last metadata that was refused as expired ended to hold. */
  private expiredAt: number | null = null;

  constructor(private readonly now: () => number) {}

  /** False for a clock before this code was written: expiries then all seem far away, so nothing may be taken at all. */
  isPlausible(): boolean {
    return this.now() >= BUILT_AFTER;
  }

  isTrusted(): boolean {
    return this.isPlausible() && (this.expiredAt === null || this.now() - this.expiredAt <= FAR_MS);
  }

  /** The same content, with what its verification tells of our clock noted. */
  watching(content: ReleaseContent): ReleaseContent {
    return {
      ...content,
      verify: async (release) => {
        try {
          await content.verify(release);
          this.expiredAt = null;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          const { code, details } = error;
          if (code === 'trust.metadata-expired') this.expiredAt = Date.parse(String(details['expiredAt']));
          throw error;
        }
      },
    };
  }
}
