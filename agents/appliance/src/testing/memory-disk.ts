import { type Disk } from '@phalanx/kit';

/** Thrown by everything that a killed process still tries. */
export class Killed extends Error {
  constructor() {
    super('the process was killed');
  }
}

/**
 * A disk in memory that outlives the process using it. A process can be killed at any operation: that one is then either wholly done or not
 * done at all, as the durable-file module promises, and every later one by the same process fails.
 */
export class MemoryDisk {
  readonly files = new Map<string, Buffer>();
  /** Bytes that fit; a write beyond fails as on a full disk. */
  capacityBytes = Infinity;

  /** The disk as one process sees it. `onOperation` may throw `Killed`, before or (second call) after the effect. */
  mount(onOperation: (name: string, moment: 'before' | 'after') => void = () => undefined): Disk {
    const run = (name: string, effect: () => void) => {
      onOperation(name, 'before');
      effect();
      onOperation(name, 'after');
    };
    return {
      replace: (path, data) => run(`replace ${path}`, () => this.replace(path, Buffer.from(data))),
      read: (path) => {
        onOperation(`read ${path}`, 'before');
        return this.files.get(path) ?? null;
      },
      remove: (path) => run(`remove ${path}`, () => void this.files.delete(path)),
      makeFolder: () => undefined,
    };
  }

  private replace(path: string, data: Buffer): void {
    const used = [...this.files].reduce((sum, [name, bytes]) => sum + (name === path ? 0 : bytes.length), 0);
    if (used + data.length > this.capacityBytes) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    this.files.set(path, data);
  }
}
