/**
 * Runs tasks with bounded concurrency; tasks of the same lane run one after another, in the order they came. A lane that is idle
 * costs nothing.
 */
export class MessageLanes {
  private readonly lanes = new Map<string, (() => Promise<void>)[]>();
  private readonly ready: string[] = [];
  private running = 0;
  private pending = 0;

  constructor(private readonly concurrency: number) {}

  /** Tasks that wait or run. */
  get size(): number {
    return this.pending;
  }

  /** The task must not reject. */
  submit(lane: string, task: () => Promise<void>): void {
    this.pending++;
    const queue = this.lanes.get(lane);
    if (queue) {
      queue.push(task);
      return;
    }
    this.lanes.set(lane, [task]);
    this.ready.push(lane);
    this.pump();
  }

  private pump(): void {
    while (this.running < this.concurrency) {
      const lane = this.ready.shift();
      if (lane === undefined) return;
      this.running++;
      void this.runFirst(lane);
    }
  }

  private async runFirst(lane: string): Promise<void> {
    const queue = this.lanes.get(lane)!;
    try {
      await queue[0]!();
    } finally {
      queue.shift();
      this.pending--;
      this.running--;
      // The lane goes to the back: one busy box does not hold up the others.
      if (queue.length > 0) this.ready.push(lane);
      else this.lanes.delete(lane);
      this.pump();
    }
  }
}
