import { join } from 'node:path';
import type { Disk } from '@phalanx/kit';

const BLOCK = 1000;

/**
 * Numbers for reports that grow for as long as the box lives. Only every thousandth is written to disk: after a crash the count goes on
 * above the block that was begun.
 */
export class Revisions {
  private next: number;
  private ceiling: number;

  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
  ) {
    disk.makeFolder(folder);
    const stored = disk.read(this.path());
    this.next = this.ceiling = stored ? Number(stored.toString('ascii')) : 0;
  }

  /** The next number. On a full disk it still grows; then a crash may repeat numbers, and the controller waits until they are passed. */
  take(): number {
    if (this.next >= this.ceiling) this.reserve();
    return this.next++;
  }

  private reserve(): void {
    const ceiling = this.next + BLOCK;
    try {
      this.disk.replace(this.path(), String(ceiling));
      this.ceiling = ceiling;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  private path(): string {
    return join(this.folder, 'revision');
  }
}
