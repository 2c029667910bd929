import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The file operations that state which must survive a power cut goes through. Its real form is `nodeDisk`; tests swap in a double
 * that forgets any subset of what was not synced.
 */
export interface Disk {
  /** Replaces the file as one step: after a crash a reader finds the old bytes or the new ones, whole. */
  replace(path: string, data: string | Uint8Array, mode?: number): void;
  /** Bytes of the file, or null where there is none. Any other failure throws. */
  read(path: string): Buffer | null;
  /** Removes the file and syncs its folder. A missing file is no error. */
  remove(path: string): void;
  /** Makes the folder and its parents. */
  makeFolder(path: string): void;
}

function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeWhole(fd: number, data: Uint8Array): void {
  let offset = 0;
  while (offset < data.length) offset += writeSync(fd, data, offset);
}

/** The machine's own disk: write to a temporary name, fsync, rename, fsync the folder. */
export const nodeDisk: Disk = {
  replace(path, data, mode = 0o600) {
    const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const fd = openSync(temporary, 'wx', mode);
    try {
      try {
        writeWhole(fd, bytes);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    syncFolder(dirname(path));
  },
  read(path) {
    try {
      return readFileSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  },
  remove(path) {
    rmSync(path, { force: true });
    syncFolder(dirname(path));
  },
  makeFolder(path) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  },
};
