import type { LiveTopic } from '@phalanx/contracts';

/** One message that waits for its turn. */
export interface LiveItem {
  readonly topic: LiveTopic;
  readonly tenantId: string | null;
  readonly id: string;
}

/** What one stream has still to send: bounded, each thing once. What finds no room is counted. */
export class LiveQueue {
  private readonly items = new Map<string, LiveItem>();
  private dropped = 0;

  constructor(private readonly limit: number) {}

  get isEmpty(): boolean {
    return this.items.size === 0 && this.dropped === 0;
  }

  add(item: LiveItem): void {
    const key = `${item.topic} ${item.id}`;
    if (this.items.has(key)) return;
    if (this.items.size >= this.limit) this.dropped++;
    else this.items.set(key, item);
  }

  /** Takes all that waits, and the number left out since the last time. */
  take(): { items: LiveItem[]; dropped: number } {
    const taken = { items: [...this.items.values()], dropped: this.dropped };
    this.items.clear();
    this.dropped = 0;
    return taken;
  }
}
